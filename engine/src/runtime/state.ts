import type { TypedValue } from './typed-value.js';

/**
 * A running process instance: the tree of its activity instances. It's the unit of consistency: loaded whole,
 * advanced in memory, saved whole with a revision. The engine never changes a state that it is given.
 */
export interface InstanceState {
  readonly id: string;
  readonly rootProcessInstanceId: string;
  /** The instance and the call activity's activity instance that this one was called by. */
  readonly superProcessInstanceId: string | null;
  readonly superActivityInstanceId: string | null;
  readonly definitionId: string;
  readonly definitionKey: string;
  readonly businessKey: string | null;
  readonly tenantId: string | null;
  readonly suspended: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly startActivityId: string | null;
  readonly startUserId: string | null;
  /** Of the stored row; 0 for an instance that was never stored. Set by the store, never by the engine. */
  readonly revision: number;
  /** By id; the root node has the instance's id. Children stand in the order of their creation. */
  readonly nodes: ReadonlyMap<string, ActivityNode>;
}

/**
 * One visit to one element: an activity instance, a token that waits at a join, or a token between activities
 * (a transition instance). Its id serves as activity instance id and as execution id.
 */
export interface ActivityNode {
  readonly id: string;
  readonly elementId: string;
  readonly parentId: string | null;
  readonly phase: Phase;
  readonly startedAt: number;
  /** Local variables by name. */
  readonly variables: Readonly<Record<string, VariableState>>;
  readonly task?: TaskState;
  /** What a worker does: the activity's own work, or that of the listener below. */
  readonly externalTask?: ExternalTaskState;
  /** A worker is at work on a listener, and the life cycle stands still until that is done. */
  readonly listener?: ListenerState;
  readonly jobs?: readonly JobState[];
  readonly subscriptions?: readonly SubscriptionState[];
  readonly incidents?: readonly IncidentState[];
  /** The instance that a call activity waits for. */
  readonly calledInstanceId?: string;
  /** The sequence flow by which the token came, where that matters (joins, async continuations). */
  readonly flowId?: string;
  /** Completed activities of this scope that can be compensated, in the order of their completion. */
  readonly compensations?: readonly CompensationState[];
  /** The throwing event, or the scope, that waits until this handler has ended. */
  readonly compensatedFor?: string;
  /** What a behavior keeps for itself between steps; plain JSON (counters of a multi-instance, a loop's turn). */
  readonly data?: Readonly<Record<string, unknown>>;
}

export type Phase =
  /** Being entered, or at work, or waiting; a scope with children. */
  | 'active'
  /** A token that waits at a gateway for the others. */
  | 'joining'
  /** A place of its own inside a multi-instance body: holds the loop's variables, and the activity instance inside it. */
  | 'token'
  /** A completed scope that has come back so that what was done in it is undone; its own history is over. */
  | 'compensating'
  /** A token on its way along the flow `flowId`, stopped by a listener of that flow; `elementId` is where the flow begins. */
  | 'taking'
  /** A transition instance that waits for its async continuation before the activity. */
  | 'async-before'
  /** A transition instance that waits for its async continuation after the activity. */
  | 'async-after';

export interface VariableState extends TypedValue {
  readonly id: string;
}

export interface TaskState {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly priority: number;
  readonly dueDate: number | null;
  readonly followUpDate: number | null;
  readonly delegationState: 'PENDING' | 'RESOLVED' | null;
  readonly createdAt: number;
  /** Local variables of the task itself. */
  readonly variables: Readonly<Record<string, VariableState>>;
  readonly identityLinks: readonly IdentityLinkState[];
}

export interface IdentityLinkState {
  readonly id: string;
  readonly type: string;
  readonly userId: string | null;
  readonly groupId: string | null;
}

export interface ExternalTaskState {
  readonly id: string;
  readonly topicName: string;
  readonly priority: number;
  /** Of the last failure that a worker reported. */
  readonly errorMessage?: string | null;
  readonly errorDetails?: string | null;
  /** The log's row of that failure. */
  readonly failureLogId?: string;
}

/** Where a life cycle stands while a worker does a listener. Plain data, so that it goes on after any time and anywhere. */
export interface ListenerState {
  readonly event: 'start' | 'end' | 'take' | TaskEvent['event'];
  /** Its place among the listeners of the element, flow or user task, those of other events included. */
  readonly index: number;
  readonly then: AfterListeners;
}

/** What goes on when the last listener of the event is done. */
export type AfterListeners =
  /** The activity's own work begins; at the ids in `starts`, where an event says so. */
  | { readonly do: 'enter'; readonly hasHappened?: boolean; readonly starts?: readonly string[] }
  /** The process begins, at this start event. */
  | { readonly do: 'open'; readonly startId: string }
  /** The activity ends, and its token leaves by these flows; the process has ended at that end event, for the history. */
  | { readonly do: 'leave'; readonly flows: readonly string[]; readonly endElementId?: string }
  /** The token goes from an event-based gateway to this event, which has happened. */
  | { readonly do: 'proceed'; readonly eventId: string }
  /** The token comes to the end of its flow. */
  | { readonly do: 'arrive'; readonly hasHappened?: boolean }
  /** The user task goes on; first its listeners hear what has happened meanwhile. */
  | { readonly do: 'task'; readonly current: TaskEvent; readonly waiting: readonly TaskEvent[] };

/** Something that the listeners of a user task hear. */
export interface TaskEvent {
  readonly event: 'create' | 'assignment' | 'update' | 'complete' | 'delete' | 'timeout';
  /** Only the listener whose timer it is. */
  readonly listenerId?: string;
  /** Of an update: whose task it was, to tell a new assignee. */
  readonly assigneeBefore?: string | null;
}

export interface JobState {
  readonly id: string;
  readonly type: JobType;
  /** The element that the job acts on: the boundary event, not the activity it is attached to. */
  readonly elementId: string;
  readonly dueDate: number | null;
  /** The remaining cycle of a repeating timer, as ISO 8601 or cron. */
  readonly repeat: string | null;
  readonly retries: number;
  /** The first failure sets the retries that the model asks for. */
  readonly hasFailed: boolean;
  /** The log's row of the last failure. */
  readonly failureLogId?: string;
  /** Of the task listener whose timer it is. */
  readonly listenerId?: string;
}

export type JobType =
  | 'async-continuation'
  | 'timer-start-event'
  | 'timer-start-event-subprocess'
  | 'timer-task-listener'
  | 'timer-intermediate-transition'
  | 'timer-transition'
  | 'timer-task-listener';

export interface SubscriptionState {
  readonly id: string;
  readonly eventType: EventType;
  readonly eventName: string | null;
  readonly elementId: string;
}

export type EventType = 'message' | 'signal' | 'conditional' | 'compensate';

/** An activity that has been completed and can be undone. Source: BPMN 2.0.2 §10.7. */
export interface CompensationState {
  /** Also the id of its event subscription. */
  readonly id: string;
  readonly elementId: string;
  /** What undoes it: an activity, its event sub-process, or the scope itself when what was done inside is undone. */
  readonly handlerId: string;
  /** A completed scope as it was at its end; null where only the handler is run. */
  readonly snapshot: ScopeSnapshot | null;
}

export interface ScopeSnapshot {
  readonly nodeId: string;
  readonly startedAt: number;
  readonly variables: Readonly<Record<string, VariableState>>;
  readonly compensations: readonly CompensationState[];
}

export interface IncidentState {
  readonly id: string;
  readonly type: string;
  readonly message: string | null;
  readonly elementId: string;
  readonly createdAt: number;
  /** The job or external task that failed, or null for an incident passed on by a called instance. */
  readonly configuration: string | null;
  readonly causeIncidentId: string;
  readonly rootCauseIncidentId: string;
}
