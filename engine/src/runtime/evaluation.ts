import type { ActivityView } from '../behaviors/behavior.js';
import { EvaluationError } from '../errors.js';
import { runScript } from '../expression/run-script.js';
import type { Mapping, ModelBinding, ValueSource } from '../model/process-model.js';
import type {
  Binding,
  DecisionResult,
  EvaluationContext,
  ExecutionFacts,
  TaskFacts,
  WritableVariables,
} from '../ports.js';
import { executionScopeOf } from './execution-scope.js';
import { canStillArrive } from './reachability.js';
import type { Run } from './run.js';
import { setInput, variablesAt } from './scope-variables.js';
import type { ActivityNode } from './state.js';
import { fromNative, NULL, type TypedValue, toNative } from './typed-value.js';

interface ViewExtra {
  readonly eventName?: string;
  readonly transitionId?: string;
  /** Where the execution stands, other than at the activity: on a flow, at the start or end event of its process. */
  readonly activityId?: string | null;
  readonly isCanceled?: boolean;
  readonly hasHappened?: boolean;
  /** Seen instead of the activity's own. */
  readonly variables?: WritableVariables;
  /** The user task whose listener looks. */
  readonly task?: TaskFacts;
}

const NOTHING: ViewExtra = {};

/** What a behavior, an expression or a script sees at an activity instance. */
export function viewOf(run: Run, node: ActivityNode, extra: ViewExtra = NOTHING): ActivityView {
  return new NodeView(run, node, extra);
}

/** There is one for each step, so what is seldom looked at is only made when somebody does. */
class NodeView implements ActivityView {
  private ownVariables: WritableVariables | undefined;
  private facts: ExecutionFacts | undefined;

  constructor(
    private readonly run: Run,
    readonly node: ActivityNode,
    private readonly extra: ViewExtra,
  ) {}

  get variables(): WritableVariables {
    this.ownVariables ??= this.extra.variables ?? variablesAt(this.run, this.node.id);
    return this.ownVariables;
  }

  get executionVariables(): WritableVariables {
    return variablesAt(this.run, executionScopeOf(this.run, this.node));
  }

  get execution(): ExecutionFacts {
    this.facts ??= executionFacts(this.run, this.node, this.extra);
    return this.facts;
  }

  get task(): TaskFacts | undefined {
    return this.extra.task;
  }

  get now(): Date {
    return this.run.now;
  }

  get userId(): string | null {
    return this.run.env.userId ?? null;
  }

  get hasHappened(): boolean {
    return this.extra.hasHappened ?? false;
  }

  get canStillArrive(): boolean {
    return canStillArrive(this.run, this.node);
  }

  get joined(): number {
    const { parentId, elementId, phase } = this.node;
    const waiting = this.run.state.joiningAt(parentId, elementId);
    return phase === 'joining' ? waiting : waiting + 1;
  }

  runScript(format: string, source: string): TypedValue {
    return this.run.env.scripts.run(format, source, this);
  }

  valueOf(source: ValueSource): TypedValue {
    return evaluateSource(source, this);
  }

  evaluateDecision(
    key: string,
    binding: ModelBinding,
    of?: { readonly tenantId: string | null } | null,
  ): DecisionResult {
    const { header } = this.run.state;
    const decision = this.run.env.decision({
      callerDefinitionId: header.definitionId,
      elementId: this.node.elementId,
      key,
      binding: resolveBinding(binding, this),
      tenantId: of ? of.tenantId : header.tenantId,
    });
    const result = decision.evaluate(this.variables, this.run.now);
    this.run.decisionResults.set(this.node.id, result);
    return result;
  }

  get decisionResult(): DecisionResult | undefined {
    return this.run.decisionResults.get(this.node.id);
  }
}

function executionFacts(
  run: Run,
  node: ActivityNode,
  { eventName, transitionId, activityId = node.elementId, isCanceled = false }: ViewExtra,
): ExecutionFacts {
  const { header } = run.state;
  const element = activityId === null ? undefined : run.model.elements.get(activityId);
  return {
    id: node.id,
    processInstanceId: header.id,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    get businessKey() {
      return header.businessKey;
    },
    activityInstanceId: node.id,
    currentActivityId: activityId,
    currentActivityName: element?.name ?? null,
    currentTransitionId: transitionId ?? null,
    eventName: eventName ?? null,
    tenantId: header.tenantId,
    superExecutionId: header.superActivityInstanceId,
    parentId: node.parentId,
    isCanceled,
    setBusinessKey(businessKey) {
      header.businessKey = businessKey;
      run.changes.update('historicProcessInstance', header.id, { businessKey });
    },
  };
}

/** The binding with its expressions evaluated. @throws EvaluationError */
export function resolveBinding(binding: ModelBinding, context: EvaluationContext): Binding {
  if (binding.kind === 'version') {
    if (typeof binding.version === 'number') return { kind: 'version', version: binding.version };
    const version = Number(binding.version.evaluate(context));
    if (!Number.isInteger(version))
      throw new EvaluationError(`Expected '${binding.version.source}' to be a version, but it is '${version}'`);
    return { kind: 'version', version };
  }
  if (binding.kind === 'versionTag')
    return { kind: 'versionTag', versionTag: String(binding.versionTag.evaluate(context)) };
  return binding;
}

/** The value that a mapping, listener or list item of the model stands for. @throws EvaluationError, BpmnErrorSignal */
export function evaluateSource(source: ValueSource, context: EvaluationContext): TypedValue {
  switch (source.kind) {
    case 'null':
      return NULL;
    case 'expression':
      return source.expression.evaluateTyped(context);
    case 'script':
      return runScript(source, context);
    case 'list':
      return fromNative(source.items.map((item) => toNative(evaluateSource(item, context))));
    case 'map':
      return fromNative(
        Object.fromEntries(
          source.entries
            .map(({ key, value }) => [String(key.evaluate(context)), toNative(evaluateSource(value, context))] as const)
            // Camunda keeps these maps sorted by their keys
            .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        ),
      );
  }
}

/** Sets the inputs in the activity's own scope, each seeing those before it. */
export function mapInputs(run: Run, node: ActivityNode, mappings: readonly Mapping[]): void {
  if (!run.skipIoMappings) evaluateInputs(run, node, mappings);
}

/** The same for inputs that were asked for by name. */
export function evaluateInputs(run: Run, node: ActivityNode, mappings: readonly Mapping[]): void {
  if (mappings.length === 0) return;
  const view = viewOf(run, node);
  for (const { name, source } of mappings) setInput(run, node.id, name, evaluateSource(source, view));
}

/** Sets the outputs in the enclosing scope, evaluated with the activity's own variables. */
export function mapOutputs(run: Run, node: ActivityNode, mappings: readonly Mapping[]): void {
  if (mappings.length === 0 || run.skipIoMappings || node.parentId === null) return;
  const view = viewOf(run, node);
  const outer = variablesAt(run, node.parentId);
  for (const { name, source } of mappings) outer.set(name, evaluateSource(source, view));
}
