import type { EvaluationContext, TaskFacts, TaskLink, WritableVariables } from '../../ports.js';
import { NULL, type TypedValue } from '../../runtime/typed-value.js';
import { exactValue, toPlain, toTyped } from './convert.js';
import { Fault } from './fault.js';
import { isPlainObject, toText } from './java-text.js';
import { type Methods, methods } from './method.js';

/** What `execution` stands for in an expression. */
export class ExecutionFacade {
  readonly description = 'execution';
  constructor(readonly context: EvaluationContext) {}
}

/** What `task` stands for in an expression. */
export class TaskFacade {
  readonly description = 'task';
  constructor(
    readonly context: EvaluationContext,
    readonly task: TaskFacts,
  ) {}
}

/** A variable handed around with its type, for `getVariableTyped` and for values that are set. */
export class TypedBox {
  readonly description = 'typed value';
  constructor(readonly typed: TypedValue) {}
}

/** Where local variables are: a task has its own, an execution those of its scope. */
export function localsOf(self: ExecutionFacade | TaskFacade): WritableVariables {
  const { variables, executionVariables } = self.context;
  return self instanceof TaskFacade ? variables : (executionVariables ?? variables);
}

type Definitions<T> = Parameters<typeof methods<T>>[0];

const variableMethods: Definitions<ExecutionFacade | TaskFacade> = {
  getVariable: [1, 1, ({ context }, [name]) => exactOrNull(context.variables.get(toText(name)))],
  getVariableLocal: [1, 1, (self, [name]) => exactOrNull(localsOf(self).getLocal(toText(name)))],
  getVariableLocalTyped: [1, 2, (self, [name]) => boxOf(localsOf(self).getLocal(toText(name)))],
  getVariableNames: [0, 0, ({ context }) => [...context.variables.names()]],
  getVariableNamesLocal: [0, 0, (self) => [...localsOf(self).localNames()]],
  getVariableTyped: [1, 2, ({ context }, [name]) => boxOf(context.variables.get(toText(name)))],
  getVariables: [0, 0, ({ context: { variables } }) => snapshot(variables.names(), (name) => variables.get(name))],
  getVariablesLocal: [0, 0, (self) => snapshot(localsOf(self).localNames(), (name) => localsOf(self).getLocal(name))],
  hasVariable: [1, 1, ({ context }, [name]) => context.variables.get(toText(name)) !== undefined],
  hasVariableLocal: [1, 1, (self, [name]) => localsOf(self).getLocal(toText(name)) !== undefined],
  hasVariables: [0, 0, ({ context }) => [...context.variables.names()].length > 0],
  hasVariablesLocal: [0, 0, (self) => [...localsOf(self).localNames()].length > 0],
  removeVariable: [1, 1, ({ context }, [name]) => nothing(context.variables.remove(toText(name)))],
  removeVariableLocal: [1, 1, (self, [name]) => nothing(localsOf(self).removeLocal(toText(name)))],
  setVariable: [2, 2, ({ context }, [name, value]) => nothing(context.variables.set(toText(name), typedOf(value)))],
  setVariableLocal: [2, 2, (self, [name, value]) => nothing(localsOf(self).setLocal(toText(name), typedOf(value)))],
  setVariables: [
    1,
    1,
    ({ context }, [map]) => nothing(eachEntry(map, (name, value) => context.variables.set(name, typedOf(value)))),
  ],
  setVariablesLocal: [
    1,
    1,
    (self, [map]) => nothing(eachEntry(map, (name, value) => localsOf(self).setLocal(name, typedOf(value)))),
  ],
};

const executionFacts: Definitions<ExecutionFacade> = {
  getActivityInstanceId: [0, 0, ({ context }) => context.execution.activityInstanceId],
  // the model's element, as far as expressions ask for it
  getBpmnModelElementInstance: [
    0,
    0,
    ({ context: { execution } }) => ({ id: execution.currentActivityId, name: execution.currentActivityName }),
  ],
  getBusinessKey: [0, 0, ({ context }) => context.execution.businessKey],
  getCurrentActivityId: [0, 0, ({ context }) => context.execution.currentActivityId],
  getCurrentActivityName: [0, 0, ({ context }) => context.execution.currentActivityName],
  getCurrentTransitionId: [0, 0, ({ context }) => context.execution.currentTransitionId],
  getEventName: [0, 0, ({ context }) => context.execution.eventName],
  getId: [0, 0, ({ context }) => context.execution.id],
  getParentId: [0, 0, ({ context }) => context.execution.parentId ?? null],
  getProcessBusinessKey: [0, 0, ({ context }) => context.execution.businessKey],
  // of the definition what an execution knows without looking it up
  getProcessDefinition: [
    0,
    0,
    ({ context: { execution } }) => ({ id: execution.processDefinitionId, key: execution.processDefinitionKey }),
  ],
  getProcessDefinitionId: [0, 0, ({ context }) => context.execution.processDefinitionId],
  getProcessDefinitionKey: [0, 0, ({ context }) => context.execution.processDefinitionKey],
  // Of the engine's services, what models ask for: who does this.
  getProcessEngineServices: [
    0,
    0,
    ({ context: { userId } }) => ({
      identityService: { currentAuthentication: userId === null ? null : { userId, groupIds: [] } },
    }),
  ],
  getProcessInstance: [0, 0, ({ context }) => processInstance(context)],
  getProcessInstanceId: [0, 0, ({ context }) => context.execution.processInstanceId],
  getRootProcessInstanceId: [0, 0, ({ context }) => context.execution.rootProcessInstanceId],
  getSuperExecution: [
    0,
    0,
    ({ context: { execution } }) => (execution.superExecutionId === null ? null : { id: execution.superExecutionId }),
  ],
  getSuperExecutionId: [0, 0, ({ context }) => context.execution.superExecutionId],
  getTenantId: [0, 0, ({ context }) => context.execution.tenantId],
  isActive: [0, 0, () => true],
  isCanceled: [0, 0, ({ context }) => context.execution.isCanceled ?? false],
  isEnded: [0, 0, () => false],
  isSuspended: [0, 0, () => false],
  setBusinessKey: [1, 1, ({ context }, [key]) => nothing(context.execution.setBusinessKey(textOrNull(key)))],
  setProcessBusinessKey: [1, 1, ({ context }, [key]) => nothing(context.execution.setBusinessKey(textOrNull(key)))],
};

const user = (userId: unknown, type: unknown = 'candidate'): TaskLink => ({
  type: toText(type),
  userId: toText(userId),
  groupId: null,
});
const group = (groupId: unknown, type: unknown = 'candidate'): TaskLink => ({
  type: toText(type),
  userId: null,
  groupId: toText(groupId),
});

const taskLinks: Definitions<TaskFacade> = {
  addCandidateGroup: [1, 1, ({ task }, [id]) => nothing(task.link(group(id)))],
  addCandidateGroups: [1, 1, ({ task }, [ids]) => nothing(listOf(ids).forEach((id) => void task.link(group(id))))],
  addCandidateUser: [1, 1, ({ task }, [id]) => nothing(task.link(user(id)))],
  addCandidateUsers: [1, 1, ({ task }, [ids]) => nothing(listOf(ids).forEach((id) => void task.link(user(id))))],
  addGroupIdentityLink: [2, 2, ({ task }, [id, type]) => nothing(task.link(group(id, type)))],
  addUserIdentityLink: [2, 2, ({ task }, [id, type]) => nothing(task.link(user(id, type)))],
  deleteCandidateGroup: [1, 1, ({ task }, [id]) => nothing(task.unlink(group(id)))],
  deleteCandidateUser: [1, 1, ({ task }, [id]) => nothing(task.unlink(user(id)))],
  deleteGroupIdentityLink: [2, 2, ({ task }, [id, type]) => nothing(task.unlink(group(id, type)))],
  deleteUserIdentityLink: [2, 2, ({ task }, [id, type]) => nothing(task.unlink(user(id, type)))],
  getCandidates: [
    0,
    0,
    ({ task }) =>
      task.identityLinks.flatMap(({ type, userId, groupId }) =>
        type === 'candidate' ? [{ type, userId, groupId, taskId: task.id }] : [],
      ),
  ],
};

const taskFacts: Definitions<TaskFacade> = {
  getAssignee: [0, 0, ({ task }) => task.assignee],
  getBpmnModelElementInstance: [
    0,
    0,
    ({ task, context: { execution } }) => ({ id: task.taskDefinitionKey, name: execution.currentActivityName }),
  ],
  getCaseDefinitionId: [0, 0, () => null],
  getCaseExecutionId: [0, 0, () => null],
  getCaseInstanceId: [0, 0, () => null],
  getCreateTime: [0, 0, ({ task }) => task.createdAt],
  getDelegationState: [0, 0, ({ task }) => task.delegationState],
  getDescription: [0, 0, ({ task }) => task.description],
  getDueDate: [0, 0, ({ task }) => task.dueDate],
  getEventName: [0, 0, ({ task }) => task.eventName],
  getExecution: [0, 0, ({ context }) => new ExecutionFacade(context)],
  getExecutionId: [0, 0, ({ context }) => context.execution.id],
  getFollowUpDate: [0, 0, ({ task }) => task.followUpDate],
  getId: [0, 0, ({ task }) => task.id],
  getName: [0, 0, ({ task }) => task.name],
  getOwner: [0, 0, ({ task }) => task.owner],
  getPriority: [0, 0, ({ task }) => task.priority],
  getProcessDefinitionId: [0, 0, ({ context }) => context.execution.processDefinitionId],
  getProcessInstanceId: [0, 0, ({ context }) => context.execution.processInstanceId],
  getTaskDefinitionKey: [0, 0, ({ task }) => task.taskDefinitionKey],
  getProcessInstance: [0, 0, ({ context }) => processInstance(context)],
  getTenantId: [0, 0, ({ context }) => context.execution.tenantId],
  isSuspended: [0, 0, () => false],
  setAssignee: [1, 1, ({ task }, [value]) => nothing(task.change({ assignee: toPlain(value) }))],
  setDescription: [1, 1, ({ task }, [value]) => nothing(task.change({ description: toPlain(value) }))],
  setDueDate: [1, 1, ({ task }, [value]) => nothing(task.change({ dueDate: toPlain(value) }))],
  setFollowUpDate: [1, 1, ({ task }, [value]) => nothing(task.change({ followUpDate: toPlain(value) }))],
  setName: [1, 1, ({ task }, [value]) => nothing(task.change({ name: toPlain(value) }))],
  setOwner: [1, 1, ({ task }, [value]) => nothing(task.change({ owner: toPlain(value) }))],
  setPriority: [1, 1, ({ task }, [value]) => nothing(task.change({ priority: toPlain(value) }))],
};

/** The methods of `execution`, as Camunda's `DelegateExecution` has them. */
export const executionMethods: Methods<ExecutionFacade> = methods<ExecutionFacade>({
  ...variableMethods,
  ...executionFacts,
});

/** The methods of `task`, as Camunda's `DelegateTask` has them. */
export const taskMethods: Methods<TaskFacade> = methods<TaskFacade>({
  ...variableMethods,
  ...taskFacts,
  ...taskLinks,
});

export const typedBoxMethods: Methods<TypedBox> = methods<TypedBox>({
  getType: [0, 0, ({ typed }) => ({ name: typed.type.toLowerCase() })],
  getValue: [0, 0, ({ typed }) => exactValue(typed)],
});

function processInstance({ execution }: EvaluationContext): Readonly<Record<string, unknown>> {
  const { processInstanceId, processDefinitionId, businessKey, tenantId } = execution;
  return { id: processInstanceId, processInstanceId, processDefinitionId, businessKey, tenantId };
}

function exactOrNull(typed: TypedValue | undefined): unknown {
  return typed === undefined ? null : exactValue(typed);
}

function boxOf(typed: TypedValue | undefined): TypedBox | null {
  return typed === undefined ? null : new TypedBox(typed);
}

function typedOf(value: unknown): TypedValue {
  return value instanceof TypedBox ? value.typed : toTyped(value);
}

function snapshot(names: Iterable<string>, read: (name: string) => TypedValue | undefined): Record<string, unknown> {
  const entries = [...names].map((name): [string, unknown] => [name, exactValue(read(name) ?? NULL)]);
  return Object.fromEntries(entries);
}

function eachEntry(map: unknown, set: (name: string, value: unknown) => void): void {
  if (!isPlainObject(map)) throw new Fault('A map of variables is needed as argument');
  for (const [name, value] of Object.entries(map)) set(name, value);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Fault('A list of ids is needed as argument');
}

function textOrNull(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  throw new Fault('A business key is a text');
}

/** Such methods return nothing, which is null in an expression. */
function nothing(_: unknown): null {
  return null;
}
