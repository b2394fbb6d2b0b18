import type { MigrationPlan } from '../migration/plan.js';
import type { ModificationInstruction } from '../modification/instruction.js';
import type { CalledFacts } from './called-facts.js';
import type { Change } from './records.js';
import type { InstanceState } from './state.js';
import type { TypedValue, Variables } from './typed-value.js';

/** What can be asked of one process instance. All of it is data: a command can be stored, repeated and run dry. */
export type Command =
  | StartInstance
  | { readonly kind: 'completeTask'; readonly taskId: string; readonly variables?: Variables }
  | {
      readonly kind: 'updateTask';
      readonly taskId: string;
      readonly set: TaskAttributes;
      readonly operation: TaskOperation;
    }
  | {
      readonly kind: 'addIdentityLink';
      readonly taskId: string;
      readonly type: string;
      readonly userId: string | null;
      readonly groupId: string | null;
    }
  | {
      readonly kind: 'removeIdentityLink';
      readonly taskId: string;
      readonly type: string;
      readonly userId: string | null;
      readonly groupId: string | null;
    }
  | {
      readonly kind: 'throwTaskError';
      readonly taskId: string;
      readonly errorCode: string;
      readonly errorMessage: string | null;
      readonly variables?: Variables;
    }
  | {
      readonly kind: 'completeExternalTask';
      readonly externalTaskId: string;
      /** Who did it, for the model's error rules. */
      readonly workerId?: string;
      readonly variables?: Variables;
      readonly localVariables?: Variables;
    }
  | {
      readonly kind: 'throwExternalTaskError';
      readonly externalTaskId: string;
      readonly errorCode: string;
      readonly errorMessage: string | null;
      readonly variables?: Variables;
    }
  | {
      readonly kind: 'failExternalTask';
      readonly externalTaskId: string;
      /** Who did it, for the model's error rules. */
      readonly workerId?: string;
      readonly retries: number;
      readonly retryTimeoutMs: number;
      readonly errorMessage: string | null;
      readonly errorDetails: string | null;
      readonly variables?: Variables;
      readonly localVariables?: Variables;
    }
  | { readonly kind: 'setExternalTaskRetries'; readonly externalTaskId: string; readonly retries: number }
  /** Runs a job's work; it must be due or run by hand. */
  | { readonly kind: 'executeJob'; readonly jobId: string }
  /** Notes that a job's work failed: counts down its retries, and opens an incident at zero. */
  | {
      readonly kind: 'failJob';
      readonly jobId: string;
      readonly message: string;
      readonly stacktrace: string;
      readonly failedElementId: string | null;
    }
  | { readonly kind: 'setJobRetries'; readonly jobId: string; readonly retries: number; readonly dueDate?: Date | null }
  | {
      readonly kind: 'setJobDueDate';
      readonly jobId: string;
      readonly dueDate: Date | null;
      readonly cascade?: boolean;
    }
  /** Evaluates a timer's date anew, from its creation's time or from now. */
  | { readonly kind: 'recalculateJobDueDate'; readonly jobId: string; readonly creationDateBased: boolean }
  | { readonly kind: 'deleteJob'; readonly jobId: string }
  | {
      readonly kind: 'deliverMessage';
      readonly subscriptionId: string;
      readonly variables?: Variables;
      readonly localVariables?: Variables;
    }
  | { readonly kind: 'deliverSignal'; readonly subscriptionId: string; readonly variables?: Variables }
  | {
      readonly kind: 'escalateTask';
      readonly taskId: string;
      readonly escalationCode: string;
      readonly variables?: Variables;
    }
  /** Lets a waiting activity go on: a receive task, or any activity that waits for nothing in particular. */
  | { readonly kind: 'signalExecution'; readonly activityInstanceId: string; readonly variables?: Variables }
  | {
      readonly kind: 'setVariables';
      /** A scope: activity instance id, or the process instance's id. */
      readonly scopeId: string;
      readonly set?: Variables;
      readonly remove?: readonly string[];
      /** Only in this very scope; else where the name is visible, as in Camunda. */
      readonly local: boolean;
    }
  | {
      readonly kind: 'setTaskVariables';
      readonly taskId: string;
      readonly set?: Variables;
      readonly remove?: readonly string[];
      readonly local: boolean;
    }
  | { readonly kind: 'setSuspended'; readonly suspended: boolean }
  | { readonly kind: 'setBusinessKey'; readonly businessKey: string | null }
  | {
      readonly kind: 'deleteInstance';
      readonly reason: string | null;
      readonly skipCustomListeners?: boolean;
      readonly skipIoMappings?: boolean;
      /** Ended by the process itself (a boundary event, an error), rather than by somebody from outside. */
      readonly internal?: boolean;
      /** The calling instance wants it, so it isn't told. */
      readonly byCaller?: boolean;
    }
  | { readonly kind: 'resolveIncident'; readonly incidentId: string }
  /** The instance goes on as one of another definition. */
  | {
      readonly kind: 'migrate';
      readonly plan: MigrationPlan;
      readonly skipCustomListeners?: boolean;
      readonly skipIoMappings?: boolean;
    }
  /** A migration is taken back: the instance stands as it stood before, if nothing has happened to it since. */
  | {
      readonly kind: 'restore';
      readonly before: InstanceState;
      /** What takes the rows back; see `inverseOf`. */
      readonly changes: readonly Change[];
      /** The one that the migration left behind. */
      readonly revision: number;
    }
  /** Tokens are put elsewhere by hand, one instruction after the other; all of them or none. */
  | {
      readonly kind: 'modify';
      readonly instructions: readonly ModificationInstruction[];
      readonly skipCustomListeners?: boolean;
      readonly skipIoMappings?: boolean;
    }
  | FollowUpCommand;

export interface StartInstance {
  readonly kind: 'start';
  readonly definitionId: string;
  readonly businessKey: string | null;
  readonly tenantId: string | null;
  readonly variables?: Variables;
  /** The start event; the none start event when it isn't given. */
  readonly startElementId?: string;
  /** Where tokens begin instead of at a start event. */
  readonly instructions?: readonly ModificationInstruction[];
  readonly skipCustomListeners?: boolean;
  readonly skipIoMappings?: boolean;
  /** The finished instance that is begun anew by this one. */
  readonly restartedProcessInstanceId?: string;
  readonly superProcessInstanceId?: string;
  readonly superActivityInstanceId?: string;
  readonly rootProcessInstanceId?: string;
}

/** Commands that one instance gives another one of its family, in the same unit of work. */
export type FollowUpCommand =
  | {
      readonly kind: 'calledInstanceEnded';
      readonly activityInstanceId: string;
      readonly calledInstanceId: string;
      readonly called: CalledFacts;
      readonly variables: Variables;
    }
  | {
      readonly kind: 'calledInstanceThrewError';
      readonly activityInstanceId: string;
      readonly calledInstanceId: string;
      readonly errorCode: string;
      readonly errorMessage: string | null;
      readonly called: CalledFacts;
      readonly variables: Variables;
    }
  | {
      readonly kind: 'calledInstanceIncident';
      readonly activityInstanceId: string;
      readonly incidentId: string;
      readonly rootCauseIncidentId: string;
      readonly type: string;
      readonly message: string | null;
    }
  | {
      readonly kind: 'calledInstanceEscalated';
      readonly activityInstanceId: string;
      readonly calledInstanceId: string;
      readonly code: string;
      readonly called: CalledFacts;
      readonly variables: Variables;
    }
  /** Somebody deleted the called instance: its call activity is cancelled. */
  | { readonly kind: 'calledInstanceDeleted'; readonly activityInstanceId: string; readonly reason: string | null }
  | { readonly kind: 'calledInstanceIncidentResolved'; readonly causeIncidentId: string };

export interface TaskAttributes {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly assignee?: string | null;
  readonly owner?: string | null;
  readonly priority?: number;
  readonly dueDate?: Date | null;
  readonly followUpDate?: Date | null;
  readonly delegationState?: 'PENDING' | 'RESOLVED' | null;
}

export type TaskOperation = 'claim' | 'unclaim' | 'assign' | 'setOwner' | 'delegate' | 'resolve' | 'update';

/** A command for another instance; `start` creates it under the given id. */
export interface FollowUp {
  readonly instanceId: string;
  readonly command: Command;
}

export interface ThrownSignal {
  readonly name: string;
  readonly variables: Variables;
  /** Of the instances that start by it. */
  readonly businessKey?: string | null;
}

/** What a command decided. Nothing has happened until the runner stores it. */
export interface Outcome {
  /** The instance after the command; null when it has ended or was deleted. */
  readonly state: InstanceState | null;
  readonly changes: readonly Change[];
  readonly followUps: readonly FollowUp[];
  /** For every other instance that waits for them, and every process that starts by them, in the same unit of work. */
  readonly signals: readonly ThrownSignal[];
  readonly result: CommandResult;
}

export interface CommandResult {
  /** Of `start`, `completeTask` and message delivery: the process instance's variables after the command (or at its end). */
  readonly variables: Readonly<Record<string, TypedValue>>;
  readonly ended: boolean;
}

/**
 * What an outcome asks of other instances, in the order in which it counts: whoever hears a signal hears it before the
 * thrower's own end is told to its caller, since that may be the end of who hears it.
 */
export function inOrder({ followUps, signals }: Pick<Outcome, 'followUps' | 'signals'>) {
  const tellsEnd = ({ command: { kind } }: FollowUp) =>
    kind === 'calledInstanceEnded' || kind === 'calledInstanceThrewError';
  return {
    beforeSignals: followUps.filter((followUp) => signals.length === 0 || !tellsEnd(followUp)),
    signals,
    afterSignals: signals.length === 0 ? [] : followUps.filter(tellsEnd),
  };
}
