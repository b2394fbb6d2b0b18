import { EvaluationError } from '../errors.js';
import type { EvaluationContext, ExecutionFacts, ReadableVariables, WritableVariables } from '../ports.js';
import { NULL, type TypedValue } from '../runtime/typed-value.js';

/** What the cells of one evaluation see: variables, results of required decisions, and the time. */
export class DecisionScope implements ReadableVariables {
  private readonly results = new Map<string, TypedValue>();

  constructor(
    private readonly variables: ReadableVariables,
    readonly now: Date,
  ) {}

  get(name: string): TypedValue | undefined {
    return this.results.get(name) ?? this.variables.get(name);
  }

  *names(): Iterable<string> {
    yield* this.results.keys();
    for (const name of this.variables.names()) if (!this.results.has(name)) yield name;
  }

  /** Makes the result of a required decision visible under its name. */
  add(name: string, value: TypedValue): void {
    this.results.set(name, value);
  }
}

/** JUEL in a decision sees variables only: there is no execution, and nothing can be changed. */
export function juelContext(scope: DecisionScope, extra: ReadonlyMap<string, TypedValue>): EvaluationContext {
  const refuse = (): never => {
    throw new EvaluationError("A decision can't change variables");
  };
  const variables: WritableVariables = {
    get: (name) => extra.get(name) ?? scope.get(name),
    names: () => [...extra.keys(), ...scope.names()],
    getLocal: () => undefined,
    localNames: () => [],
    set: refuse,
    setLocal: refuse,
    remove: refuse,
    removeLocal: refuse,
  };
  return { variables, execution: NO_EXECUTION, now: scope.now, userId: null, runScript: () => NULL };
}

const NO_EXECUTION: ExecutionFacts = {
  id: '',
  processInstanceId: '',
  rootProcessInstanceId: '',
  processDefinitionId: '',
  processDefinitionKey: '',
  businessKey: null,
  activityInstanceId: '',
  currentActivityId: null,
  currentActivityName: null,
  currentTransitionId: null,
  eventName: null,
  tenantId: null,
  superExecutionId: null,
  setBusinessKey() {
    throw new EvaluationError("A decision can't change the business key");
  },
};
