import type { EvaluationContext, ExecutionFacts, TaskFacts, WritableVariables } from '../ports.js';
import { fromNative, NULL, type TypedValue } from '../runtime/typed-value.js';

/** Variables in two scopes, for specs: what isn't local belongs to the process instance. */
export class TestVariables implements WritableVariables {
  readonly local = new Map<string, TypedValue>();

  constructor(readonly outer: Map<string, TypedValue>) {}

  get(name: string): TypedValue | undefined {
    return this.local.get(name) ?? this.outer.get(name);
  }

  names(): Iterable<string> {
    return new Set([...this.local.keys(), ...this.outer.keys()]);
  }

  getLocal(name: string): TypedValue | undefined {
    return this.local.get(name);
  }

  localNames(): Iterable<string> {
    return this.local.keys();
  }

  set(name: string, value: TypedValue): void {
    (this.local.has(name) ? this.local : this.outer).set(name, value);
  }

  setLocal(name: string, value: TypedValue): void {
    this.local.set(name, value);
  }

  remove(name: string): void {
    (this.local.has(name) ? this.local : this.outer).delete(name);
  }

  removeLocal(name: string): void {
    this.local.delete(name);
  }
}

export interface TestContext extends EvaluationContext {
  readonly variables: TestVariables;
  readonly execution: ExecutionFacts & { businessKey: string | null };
}

/** The place where a spec's expressions run. Values that aren't typed already become variables as `fromNative` has it. */
export function testContext(
  variables: Readonly<Record<string, unknown>> = {},
  more: Partial<EvaluationContext> = {},
): TestContext {
  const execution: TestContext['execution'] = {
    id: 'execution-1',
    processInstanceId: 'instance-1',
    rootProcessInstanceId: 'root-1',
    processDefinitionId: 'loan:1:abc',
    processDefinitionKey: 'loan',
    businessKey: 'order-7',
    activityInstanceId: 'Review:1',
    currentActivityId: 'Review',
    currentActivityName: 'Review the order',
    currentTransitionId: null,
    eventName: 'start',
    tenantId: null,
    superExecutionId: null,
    setBusinessKey(key: string | null) {
      execution.businessKey = key;
    },
  };
  const typed = Object.entries(variables).map(([name, value]): [string, TypedValue] => [
    name,
    isTyped(value) ? value : fromNative(value),
  ]);
  return {
    now: new Date('2026-01-31T10:15:30.000Z'),
    userId: 'mary',
    runScript: () => NULL,
    ...more,
    variables: new TestVariables(new Map(typed)),
    execution,
  };
}

export interface TestTask extends TaskFacts {
  readonly changes: Record<string, unknown>[];
}

export function testTask(): TestTask {
  const changes: Record<string, unknown>[] = [];
  return {
    id: 'task-1',
    name: 'Review',
    assignee: 'john',
    owner: null,
    priority: 50,
    description: null,
    dueDate: new Date('2026-02-01T00:00:00.000Z'),
    followUpDate: null,
    taskDefinitionKey: 'Review',
    eventName: 'create',
    createdAt: new Date('2026-01-31T10:00:00.000Z'),
    delegationState: null,
    identityLinks: [{ type: 'candidate', userId: null, groupId: 'sales' }],
    change: (attributes) => void changes.push(attributes),
    link: (link) => void changes.push({ link }),
    unlink: (unlink) => void changes.push({ unlink }),
    changes,
  };
}

function isTyped(value: unknown): value is TypedValue {
  return typeof value === 'object' && value !== null && 'type' in value && 'value' in value;
}
