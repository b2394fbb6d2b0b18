import type { ModdleElement } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type {
  CallReference,
  Condition,
  Element,
  FormReference,
  JobDefinition,
  ModelBinding,
  SequenceFlow,
  TaskListener,
  TimerDefinition,
  ValueSource,
} from '../model/process-model.js';
import type { DecisionResult, EvaluationContext, Expression } from '../ports.js';
import type { CalledFacts } from '../runtime/called-facts.js';
import type { ActivityNode } from '../runtime/state.js';
import type { TypedValue, Variables } from '../runtime/typed-value.js';

/**
 * How one kind of BPMN element is read from a model, entered, resumed and left. What elements share (scopes, boundary
 * events, mappings, listeners, async continuations) is the runtime's; a behavior only decides.
 */
export interface Behavior<C = unknown> {
  /** Attributes and extension elements of the `camunda` dialect that this kind understands beside the common ones. */
  readonly understands?: readonly string[];
  /** Reads what is particular to this kind. Problems are noted in the context. */
  parse(source: ModdleElement, context: ParseContext, place: Place): C;
  /** Camunda's name of the kind in activity instances and in the history. */
  activityType(config: C, source: ModdleElement): string;
  /** The token has arrived, the activity instance exists. */
  enter(element: Element<C>, view: ActivityView): Step;
  /** A cancel end event inside gives it up; what was done in it is undone then. */
  readonly isTransaction?: true;
  /** Something that it waited for has happened. Without this it leaves. */
  resume?(element: Element<C>, view: ActivityView, trigger: Trigger): Step;
  /** A BPMN error of the process instance that it called comes through; the variables are those of that instance. */
  calledFailed?(element: Element<C>, view: ActivityView, variables: Variables, called?: CalledFacts): void;
  /**
   * One of the activity instances inside has ended. Without this the scope is completed when the last one has.
   * @param ended where it was: the loop's variables of that very instance are visible
   */
  childEnded?(element: Element<C>, view: ActivityView, ended: ActivityView): Step;
  /**
   * An activity directly inside has been left, its token is about to go on. Null lets it; a step is carried out instead.
   */
  childLeft?(element: Element<C>, view: ActivityView): Step | null;
  /** Everything inside a scope has ended. Without this it leaves. */
  completed?(element: Element<C>, view: ActivityView): Step;
  /** What an event that is waited for elsewhere (boundary, event sub-process, after a gateway) waits for. */
  trigger?(config: C): EventTrigger | null;
  /** The processes, decisions and forms that it refers to, for binding at deployment. */
  calls?(element: Element<C>): readonly Omit<CallReference, 'elementId'>[];
  /** The topic of its external task; null where an expression computes it, undefined where it has none. */
  topic?(element: Element<C>): string | null | undefined;
  /** Listeners of its user task. */
  taskListeners?(element: Element<C>): readonly TaskListener[];
  /** What its worker answers isn't set as variables: the behavior is told, by `resume` or `calledFailed`, and decides. */
  readonly takesAnswer?: true;
  /** The BPMN errors that the outcome of its external task can stand for. */
  errorRules?(element: Element<C>): readonly { readonly errorCode: string; readonly condition: Condition }[];
  /** The form that a person fills in at a start event or user task. */
  form?(element: Element<C>): FormReference | null;
  /** Which variables it uses beside those that its expressions read. Nothing is executed by it: it's for analysis. */
  data?(element: Element<C>): DataUse;
  /** Job definitions beside those of asynchronous continuations. */
  jobDefinitions?(element: Element<C>): readonly JobDefinition[];
  /** Where it only stands for a way through the model, the history doesn't show it. */
  leavesNoHistory?(config: C): boolean;
  /** Elements that its token can go to without a flow. */
  leadsTo?(element: Element<C>): readonly Element[];
  /**
   * The kind of work that an activity instance of it is in a migration: it can go on at every element of the same kind.
   * Null, or without this and without a topic, an activity instance can't migrate.
   */
  migratesAs?(config: C): string | null;
  /** Tokens wait at it for each other: for one by each flow, or for those that can still come. */
  readonly joins?: 'all' | 'reachable';
  /** Camunda gives it an execution of its own, which nothing else about it shows. */
  readonly isScope?: true;
  /** It waits for the events that its flows lead to. */
  readonly awaitsNext?: true;
  /** Entered with `hasHappened` it's passed at once, so that something before it can wait for its event. */
  readonly canBeAwaited?: true;
  /** Inside it a path may end anywhere, without an end event. */
  readonly pathsMayEnd?: true;
  /** How a scope that repeats one activity keeps count when somebody adds and removes instances by hand. */
  readonly instances?: InstanceKeeping<C>;
  /** What can only be judged when all elements are known: missing flows, wrong neighbours. */
  check?(element: Element<C>, problem: (reason: string) => void): void;
}

/** Writes the loop's variables; what it answers are the variables of the new instance's own place, null where it has none. */
export interface InstanceKeeping<C> {
  /** The scope begins with a single instance. */
  first(element: Element<C>, view: ActivityView): Variables | null;
  /** One more begins beside those that there are. Null where they come one after the other. */
  another(element: Element<C>, view: ActivityView): Variables | null;
  /** One of several was cancelled. */
  removed(element: Element<C>, view: ActivityView): void;
}

/** Who may set variables that the model doesn't name. */
export type Writer = 'starter' | 'worker' | 'person' | 'message' | 'called process' | 'script';

export interface DataUse {
  /** Names that the model gives: of results, form fields, loops. */
  readonly writes?: readonly string[];
  /** Names that it reads without an expression. */
  readonly reads?: readonly string[];
  /** Who may set any variables when it's done here. */
  readonly writer?: Writer;
}

/** Where an element stands while its own file reads it. */
export interface Place {
  /** Directly in an event sub-process. */
  readonly inEventSubProcess: boolean;
  /** Directly in the process. */
  readonly inProcess: boolean;
}

/** What a behavior may look at, and evaluate, at the activity instance that it decides for. */
export interface ActivityView extends EvaluationContext {
  readonly node: ActivityNode;
  /** Another token in the scope may still reach this element. */
  readonly canStillArrive: boolean;
  /** Tokens that wait at this element in the same scope, the present one included. */
  readonly joined: number;
  /** The event that it stands for has happened already (behind an event-based gateway). */
  readonly hasHappened: boolean;
  /** What a mapping of the model gives here. @throws EvaluationError, BpmnErrorSignal */
  valueOf(source: ValueSource): TypedValue;
  /** @param of whose decision, where it isn't that of the instance's own tenant */
  evaluateDecision(
    key: string,
    binding: ModelBinding,
    of?: { readonly tenantId: string | null } | null,
  ): DecisionResult;
}

/** A decision of a behavior; the runtime carries it out and turns it into records. */
export type Step =
  /** Stays until a trigger comes. */
  | {
      readonly kind: 'wait';
      readonly for: readonly Wait[];
      /** What the behavior wants to find again as the node's `data`. */
      readonly keep?: Readonly<Record<string, unknown>>;
    }
  /** Done: the token goes on by these flows, or by those whose condition holds. */
  | { readonly kind: 'leave'; readonly flows?: readonly SequenceFlow[] }
  /** Waits here for other tokens. */
  | { readonly kind: 'join' }
  /** All tokens that wait here become one, which leaves by these flows. */
  | { readonly kind: 'merge'; readonly flows: readonly SequenceFlow[] }
  /** A scope: tokens start inside. */
  | {
      readonly kind: 'open';
      readonly starts: readonly Element[];
      /** What the behavior wants to find again as the node's `data`. */
      readonly keep?: Readonly<Record<string, unknown>>;
    }
  /** A scope in which nothing begins any more; it ends when what is at work inside has ended. */
  | { readonly kind: 'runOut' }
  /** The same element many times at once, each with local variables of its own. */
  | { readonly kind: 'multiply'; readonly element: Element; readonly tokens: readonly Variables[] }
  /** Goes on at another element of the same scope, without a flow. */
  | { readonly kind: 'jump'; readonly to: Element }
  /** Tells everybody who waits for the signal, then leaves or ends. */
  | {
      readonly kind: 'signal';
      readonly name: string;
      /** Of the instances that start by it. */
      readonly businessKey: string | null;
      readonly variables: Variables;
      readonly ends: boolean;
    }
  /** Tells the innermost scope that catches it, then leaves or ends if nobody interrupted it. */
  | { readonly kind: 'escalate'; readonly code: string; readonly ends: boolean }
  /** A process instance of its own does the work. */
  | { readonly kind: 'call'; readonly call: CallPlan }
  /** The path ends here, nothing leaves. */
  | { readonly kind: 'end' }
  /** Everything else in the scope is cancelled, and the scope ends. */
  | { readonly kind: 'terminate' }
  /** Undoes completed activities of the scope (or one of them), and is resumed when that is done. */
  | { readonly kind: 'compensate'; readonly activityId: string | null }
  /** Cancels everything else in the transaction, undoes what was done in it, and is resumed when that is done. */
  | { readonly kind: 'cancelTransaction' }
  /** The token goes on at the cancel boundary event of the enclosing transaction. */
  | { readonly kind: 'leaveTransaction' }
  | { readonly kind: 'throwError'; readonly errorCode: string; readonly errorMessage: string | null }
  /** The process can't go on: the command or the job fails. */
  | { readonly kind: 'fail'; readonly code: string; readonly message: string };

export type Wait =
  | { readonly kind: 'userTask'; readonly task: TaskPlan }
  | {
      readonly kind: 'externalTask';
      readonly topic: string;
      readonly priority: number;
      /** Extension properties beside those of the model. */
      readonly properties?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'event'; readonly element: Element; readonly trigger: EventTrigger }
  /** For a signal of the execution by id. */
  | { readonly kind: 'nothing' };

export interface TaskPlan {
  readonly name: string | null;
  readonly description: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly priority: number;
  readonly dueDate: Date | null;
  readonly followUpDate: Date | null;
  readonly candidateUsers: readonly string[];
  readonly candidateGroups: readonly string[];
  readonly formKey: string | null;
  readonly formRef: string | null;
  readonly formRefBinding: string | null;
  readonly formRefVersion: number | null;
}

export interface CallPlan {
  readonly key: string;
  readonly binding: ModelBinding;
  readonly businessKey: string | null;
  readonly variables: Variables;
  /** Whose process is called, where the model says so; else the caller's own tenant's. */
  readonly tenantId?: string | null;
}

/** An event definition: what makes the event happen. Source: BPMN 2.0.2 §10.5.5. */
export type EventTrigger =
  | { readonly kind: 'message'; readonly name: Expression }
  | { readonly kind: 'timer'; readonly timer: TimerDefinition }
  | {
      readonly kind: 'error';
      /** Null catches every error. */
      readonly errorCode: string | null;
      readonly codeVariable: string | null;
      readonly messageVariable: string | null;
    }
  | { readonly kind: 'signal'; readonly name: Expression }
  | {
      readonly kind: 'escalation';
      /** Null catches every escalation. */
      readonly code: string | null;
      readonly codeVariable: string | null;
    }
  /** The completed activity is undone. */
  | { readonly kind: 'compensation' }
  /** The transaction is given up. */
  | { readonly kind: 'cancel' }
  | {
      readonly kind: 'conditional';
      readonly condition: Condition;
      /** The condition as it is written. */
      readonly source: string;
      /** Only changes of this variable count; null for any. */
      readonly variableName: string | null;
      readonly variableEvents: readonly ('create' | 'update' | 'delete')[];
    };

/** What happened, as the activity instance that waited is told. */
export interface Trigger {
  readonly kind: 'task' | 'externalTask' | 'event' | 'signal' | 'called' | 'compensated';
  readonly variables?: Readonly<Record<string, TypedValue>>;
  /** Of the process instance that it called. */
  readonly called?: CalledFacts;
}
