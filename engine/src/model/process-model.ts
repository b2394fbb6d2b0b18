import type { Behavior } from '../behaviors/behavior.js';
import type { Binding, EvaluationContext, Expression } from '../ports.js';
import type { JobType } from '../runtime/state.js';

/** An executable process: compiled once per definition, immutable, shared by all its instances. */
export interface ProcessModel {
  readonly key: string;
  readonly name: string | null;
  readonly versionTag: string | null;
  readonly documentation: string | null;
  /** In days; null keeps history for ever. */
  readonly historyTimeToLive: number | null;
  readonly startableInTasklist: boolean;
  /** The process itself: the outermost scope. */
  readonly root: Element;
  readonly elements: ReadonlyMap<string, Element>;
  /** The start event by which `start` begins: the none or timer start event, else the only one; null with several others. */
  readonly initial: Element | null;
  /** Start events of the process that wait for something: message, timer. */
  readonly startTriggers: readonly StartTrigger[];
  readonly jobDefinitions: readonly JobDefinition[];
  /** What the process calls, for binding at deployment. */
  readonly callReferences: readonly CallReference[];
  /** Topics of its external tasks, those of listeners (also of flows) among them; null where the topic is an expression. */
  readonly topics: readonly { readonly elementId: string; readonly topic: string | null }[];
  /** Some event waits for a condition, so changes of variables matter. */
  readonly hasConditions: boolean;
  readonly startForm: FormReference | null;
}

/** Anything that can have an activity instance: the process, a flow node. Sequence flows connect them. */
export interface Element<C = unknown> {
  readonly id: string;
  readonly name: string | null;
  /** The BPMN type without its prefix: `userTask`, `boundaryEvent`, `process` … */
  readonly type: string;
  /** Camunda's name of the kind in activity instances and history: `userTask`, `boundaryTimer`, `noneEndEvent` … */
  readonly activityType: string;
  /** In the resource, from 1. */
  readonly line: number;
  /** The enclosing scope: a sub-process or the process; null for the process. */
  readonly scope: Element | null;
  readonly behavior: Behavior<C>;
  /** What the behavior read from the model. */
  readonly config: C;
  readonly incoming: readonly SequenceFlow[];
  readonly outgoing: readonly SequenceFlow[];
  readonly defaultFlow: SequenceFlow | null;
  /** Flow nodes directly inside (scopes only), in document order. */
  readonly children: readonly Element[];
  /** For the body of a loop or multi-instance marker: the activity that it repeats. */
  readonly repeats: Element | null;
  /** For an activity with such a marker: the body around it, which has its flows and boundary events. */
  readonly body: Element | null;
  /** Start events directly inside (scopes only). */
  readonly startEvents: readonly Element[];
  /** Boundary events attached to this activity. */
  readonly boundaryEvents: readonly Element[];
  /** Event sub-processes directly inside this scope. */
  readonly eventSubProcesses: readonly Element[];
  /** What undoes this activity when it has been completed. */
  readonly compensationHandler: Element | null;
  /** Undoes another activity: it isn't reached by flows. */
  readonly isForCompensation: boolean;
  /** For a boundary event: the activity it is attached to. */
  readonly attachedTo: Element | null;
  /** For boundary events and start events of event sub-processes. */
  readonly interrupting: boolean;
  readonly asyncBefore: boolean;
  readonly asyncAfter: boolean;
  readonly exclusive: boolean;
  readonly jobPriority: Expression | null;
  /** `camunda:failedJobRetryTimeCycle`. */
  readonly retryCycle: Expression | null;
  readonly inputs: readonly Mapping[];
  readonly outputs: readonly Mapping[];
  readonly listeners: readonly ExecutionListener[];
  readonly documentation: string | null;
  readonly extensionProperties: Readonly<Record<string, string>> | null;
}

/** Begins the ids of flows that have none in the model; no id in XML holds this sign. */
export const UNNAMED_FLOW = '#flow-';

export interface SequenceFlow {
  readonly id: string;
  readonly name: string | null;
  readonly source: Element;
  readonly target: Element;
  readonly condition: Condition | null;
  readonly listeners: readonly ExecutionListener[];
}

export interface Condition {
  /** @throws EvaluationError when the expression fails or isn't a boolean */
  (context: EvaluationContext): boolean;
  /** As the model has it, where it's known. */
  readonly text?: { readonly language: string; readonly source: string };
  /** The variables that it reads; not known of scripts. */
  readonly reads?: readonly string[];
}

/** A value computed from the model: an expression, a script, or a structure of both. */
export type ValueSource =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | ({ readonly kind: 'script' } & Script)
  | { readonly kind: 'list'; readonly items: readonly ValueSource[] }
  | { readonly kind: 'map'; readonly entries: readonly { readonly key: Expression; readonly value: ValueSource }[] }
  | { readonly kind: 'null' };

/** A script in a language that runs in-process. */
export interface Script {
  readonly format: string;
  /** The text itself, or the expression that gives it. */
  readonly source: string | Expression;
}

export interface Mapping {
  readonly name: string;
  readonly source: ValueSource;
}

export interface ExecutionListener extends ListenerWork {
  readonly event: 'start' | 'end' | 'take';
}

/** What a listener does: at once, as work for a worker, or whichever its bean turns out to be. */
export interface ListenerWork {
  /** What is evaluated; null for Java code. */
  readonly source: ValueSource | null;
  readonly worker: WorkerListener | null;
}

/** A listener that was Java code: the life cycle stands still until a worker has done it. */
export interface WorkerListener {
  readonly topic: string;
  /** Only where no variable of this name is there: the expression calls a method of it. Null: always. */
  readonly bean: string | null;
  readonly priority: Expression | null;
  /** What the worker is told; expressions are evaluated when its task is created. */
  readonly properties: Readonly<Record<string, Expression>>;
}

export interface TaskListener extends ListenerWork {
  readonly event: 'create' | 'assignment' | 'update' | 'complete' | 'delete' | 'timeout';
  readonly id: string | null;
  /** When a timeout comes, counted from the task's creation. */
  readonly timer: TimerDefinition | null;
}

export interface JobDefinition {
  readonly elementId: string;
  readonly type: JobType;
  readonly configuration: string;
}

export type StartTrigger =
  | { readonly kind: 'message'; readonly elementId: string; readonly messageName: Expression }
  | { readonly kind: 'signal'; readonly elementId: string; readonly signalName: Expression }
  | {
      readonly kind: 'conditional';
      readonly elementId: string;
      readonly condition: Condition;
      readonly variableName: string | null;
    }
  | { readonly kind: 'timer'; readonly elementId: string; readonly timer: TimerDefinition };

/** Source: BPMN 2.0.2 §10.5.5, timer event definition: exactly one of three kinds. */
export interface TimerDefinition {
  readonly kind: 'date' | 'duration' | 'cycle';
  readonly expression: Expression;
}

export type ModelBinding = Binding<number | Expression, Expression>;

export interface CallReference {
  readonly elementId: string;
  readonly kind: 'process' | 'decision' | 'form';
  /** Null when an expression computes it. */
  readonly key: string | null;
  readonly binding: ModelBinding | null;
}

export type FormReference =
  | { readonly kind: 'key'; readonly key: Expression }
  | {
      readonly kind: 'ref';
      readonly ref: Expression;
      readonly binding: 'deployment' | 'latest' | 'version';
      readonly version: Expression | null;
    }
  | { readonly kind: 'fields'; readonly fields: readonly FormField[] };

/** A field of a form that is written into the model itself (`camunda:formData`). */
export interface FormField {
  readonly id: string;
  readonly label: string | null;
  readonly type: string;
  readonly defaultValue: Expression | null;
  readonly values: readonly { readonly id: string; readonly name: string | null }[];
  readonly constraints: readonly { readonly name: string; readonly configuration: string | null }[];
  readonly properties: Readonly<Record<string, string>>;
}
