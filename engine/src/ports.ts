import type { ProcessModel } from './model/process-model.js';
import type { InstanceState } from './runtime/state.js';
import type { TypedValue } from './runtime/typed-value.js';

/** Everything impure that the engine needs, handed in by its host (server, test kit, browser simulation). */
export interface Environment {
  /** The time of the command; the same for its whole run. */
  readonly now: Date;
  /** A new unique id. UUIDv7 on the server, counted in tests. */
  newId(): string;
  readonly scripts: ScriptHost;
  /** The user who sent the command, for `currentUser()`, initiators and the history. */
  readonly userId?: string | null;
  /** Names the server in the log of jobs. */
  readonly hostname?: string;
  /** @throws MissingResource when it isn't loaded yet */
  model(definitionId: string): ProcessModel;
  /** Another instance of the same family, only to look at. @throws MissingResource when it isn't loaded yet */
  instance(instanceId: string): InstanceState;
  /** The definition that a call activity calls. @throws MissingResource; NotFoundError when there is none */
  callTarget(query: CallTargetQuery): string;
  /** A compiled decision. @throws MissingResource; NotFoundError when there is none */
  decision(query: DecisionQuery): Decision;
}

/** Which version of a definition is meant. In a model, version and tag can be expressions; in a query they are values. */
export type Binding<Version = number, Tag = string> =
  | { readonly kind: 'default' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'deployment' }
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'versionTag'; readonly versionTag: Tag };

export interface CallTargetQuery {
  /** The definition that calls: its pinned targets and its deployment decide. */
  readonly callerDefinitionId: string;
  readonly elementId: string;
  readonly key: string;
  readonly binding: Binding;
  readonly tenantId: string | null;
  /** The family that calls, where one does: all its calls of the newest version mean the same one. */
  readonly rootProcessInstanceId?: string;
}

export type DecisionQuery = CallTargetQuery;

/** A decision that can be evaluated. Source: DMN 1.3 §8, §10. */
export interface Decision {
  readonly key: string;
  /** @throws EvaluationError naming decision, rule and cell */
  evaluate(variables: ReadableVariables, now: Date): DecisionResult;
}

/** One object per matched rule; output names to values, in the order of the rules. */
export interface DecisionResult {
  readonly rules: readonly Readonly<Record<string, TypedValue>>[];
  /** With a hit policy that collects into one value (C+, C<, C>, C#). */
  readonly aggregated?: TypedValue;
}

/** Variables as an expression sees them: by name through the scopes, innermost first. */
export interface ReadableVariables {
  get(name: string): TypedValue | undefined;
  names(): Iterable<string>;
}

/** Variables as a script or listener sees them. Writing creates in the scope Camunda would choose. */
export interface WritableVariables extends ReadableVariables {
  getLocal(name: string): TypedValue | undefined;
  localNames(): Iterable<string>;
  /** Overwrites where the name is visible, else creates it in the process instance. */
  set(name: string, value: TypedValue): void;
  setLocal(name: string, value: TypedValue): void;
  remove(name: string): void;
  removeLocal(name: string): void;
}

/** What expressions and scripts can ask of the place where they run (`execution.…`, `task.…` in JUEL and scripts). */
export interface EvaluationContext {
  readonly variables: WritableVariables;
  /** Those whose local ones `execution` means, where that is another scope. */
  readonly executionVariables?: WritableVariables;
  readonly execution: ExecutionFacts;
  readonly task?: TaskFacts;
  /** What the activity's decision resulted in, from then on until the activity has ended. */
  readonly decisionResult?: DecisionResult | undefined;
  readonly now: Date;
  readonly userId: string | null;
  /** Runs a script at this place. @throws EvaluationError, BpmnErrorSignal */
  runScript(format: string, source: string): TypedValue;
}

export interface ExecutionFacts {
  readonly id: string;
  readonly processInstanceId: string;
  readonly rootProcessInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly businessKey: string | null;
  readonly activityInstanceId: string;
  readonly currentActivityId: string | null;
  readonly currentActivityName: string | null;
  readonly currentTransitionId: string | null;
  readonly eventName: string | null;
  readonly tenantId: string | null;
  readonly superExecutionId: string | null;
  /** The scope around it; nothing where there is no instance yet. */
  readonly parentId?: string | null;
  /** An end listener runs because its activity is cancelled. */
  readonly isCanceled?: boolean;
  setBusinessKey(businessKey: string | null): void;
}

export interface TaskFacts {
  readonly id: string;
  readonly name: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly priority: number;
  readonly description: string | null;
  readonly dueDate: Date | null;
  readonly followUpDate: Date | null;
  readonly taskDefinitionKey: string;
  readonly eventName: string | null;
  readonly createdAt: Date;
  readonly delegationState: string | null;
  readonly identityLinks: readonly TaskLink[];
  /** Changes of the task by listeners: `task.setAssignee(…)` and its kin. */
  change(
    attributes: Partial<
      Record<'name' | 'assignee' | 'owner' | 'description' | 'dueDate' | 'followUpDate' | 'priority', unknown>
    >,
  ): void;
  link(link: TaskLink): void;
  unlink(link: TaskLink): void;
}

/** A user or a group that has to do with a task: `candidate`, or a type of the model's own. */
export interface TaskLink {
  readonly type: string;
  readonly userId: string | null;
  readonly groupId: string | null;
}

/** Runs scripts in a sandbox, synchronously. */
export interface ScriptHost {
  /** Formats that run in-process, in lower case: `javascript`, `ecmascript`, `js` … */
  readonly formats: ReadonlySet<string>;
  /** @throws ExpressionSyntaxError */
  check(format: string, source: string): void;
  /** The value of the script's last expression. @throws EvaluationError, BpmnErrorSignal */
  run(format: string, source: string, context: EvaluationContext): TypedValue;
}

/** A compiled JUEL or FEEL expression, or literal text. */
export interface Expression {
  readonly source: string;
  /** The text itself, when the expression has no dynamic part. */
  readonly literal?: string;
  /** The value as plain JavaScript: number, string, boolean, null, Date, arrays, objects. @throws EvaluationError */
  evaluate(context: EvaluationContext): unknown;
  /** The value as a variable: a plain variable reference keeps its type, JUEL arithmetic on whole numbers is Long. @throws EvaluationError */
  evaluateTyped(context: EvaluationContext): TypedValue;
}
