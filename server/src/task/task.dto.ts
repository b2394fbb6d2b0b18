import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import type { IdentityLinkEntity } from '../persistence/entities/identity-link.js';
import type { UserTaskEntity } from '../persistence/entities/user-task.js';

const Text = Nullable(Type.String());
const Time = Nullable(DateText());
const Never = Type.Null({ description: 'There are no cases and no tasks of tasks' });

const FormRefDto = Dto('CamundaFormRef', {
  key: Text,
  binding: Text,
  version: Nullable(Type.Integer()),
});

const TASK = {
  id: Type.String(),
  name: Text,
  assignee: Text,
  created: DateText(),
  due: Time,
  followUp: Time,
  lastUpdated: Time,
  delegationState: Nullable(Type.Union([Type.Literal('PENDING'), Type.Literal('RESOLVED')])),
  description: Text,
  executionId: Type.String(),
  owner: Text,
  parentTaskId: Never,
  priority: Type.Integer(),
  processDefinitionId: Type.String(),
  processInstanceId: Type.String(),
  taskDefinitionKey: Type.String(),
  caseExecutionId: Never,
  caseInstanceId: Never,
  caseDefinitionId: Never,
  suspended: Type.Boolean(),
  formKey: Text,
  camundaFormRef: Nullable(FormRefDto),
  tenantId: Text,
  taskState: Type.Union([Type.Literal('Created'), Type.Literal('Updated')]),
};

export const TaskDto = Dto('TaskDto', { ...TASK, variables: Type.Optional(VariablesDto) });
export type TaskDto = Static<typeof TaskDto>;

/** What `PUT /task/{id}` replaces: a member that isn't given becomes null, as in Camunda. */
export const UpdateTaskDto = Dto('UpdateTaskDto', {
  name: Maybe(Type.String()),
  description: Maybe(Type.String()),
  assignee: Maybe(Type.String()),
  owner: Maybe(Type.String()),
  priority: Maybe(Type.Integer()),
  due: Maybe(DateText()),
  followUp: Maybe(DateText()),
  delegationState: Maybe(Type.String({ description: 'PENDING or RESOLVED' })),
});
export type UpdateTaskDto = Static<typeof UpdateTaskDto>;

export const UserIdDto = Dto('UserIdDto', { userId: Maybe(Type.String()) });
export type UserIdDto = Static<typeof UserIdDto>;

export const CompleteTaskDto = Dto('CompleteTaskDto', {
  variables: Maybe(VariablesDto),
  withVariablesInReturn: Maybe(Type.Boolean()),
});
export type CompleteTaskDto = Static<typeof CompleteTaskDto>;

export const TaskBpmnErrorDto = Dto('TaskBpmnErrorDto', {
  errorCode: Type.String({ minLength: 1 }),
  errorMessage: Maybe(Type.String()),
  variables: Maybe(VariablesDto),
});
export type TaskBpmnErrorDto = Static<typeof TaskBpmnErrorDto>;

export const TaskEscalationDto = Dto('TaskEscalationDto', {
  escalationCode: Type.String({ minLength: 1 }),
  variables: Maybe(VariablesDto),
});
export type TaskEscalationDto = Static<typeof TaskEscalationDto>;

export const IdentityLinkDto = Dto('IdentityLinkDto', {
  userId: Maybe(Type.String()),
  groupId: Maybe(Type.String()),
  type: Maybe(Type.String({ description: 'assignee, owner, candidate or a word of your own' })),
});
export type IdentityLinkDto = Static<typeof IdentityLinkDto>;

export const PatchVariablesDto = Dto('PatchVariablesDto', {
  modifications: Maybe(VariablesDto),
  deletions: Maybe(Type.Array(Type.String())),
});
export type PatchVariablesDto = Static<typeof PatchVariablesDto>;

export const FormDto = Dto('FormDto', {
  key: Text,
  camundaFormRef: Nullable(FormRefDto),
  contextPath: Text,
});
export type FormDto = Static<typeof FormDto>;

export const TaskCountByCandidateGroupDto = Dto('TaskCountByCandidateGroupResultDto', {
  groupName: Text,
  taskCount: Type.Integer(),
});
export type TaskCountByCandidateGroupDto = Static<typeof TaskCountByCandidateGroupDto>;

export function toTaskDto(task: UserTaskEntity): TaskDto {
  return {
    id: task.id,
    name: task.name,
    assignee: task.assignee,
    created: formatDate(task.createdAt),
    due: formatDate(task.dueDate),
    followUp: formatDate(task.followUpDate),
    lastUpdated: formatDate(task.updatedAt),
    delegationState: task.delegationState,
    description: task.description,
    executionId: task.activityInstanceId,
    owner: task.owner,
    parentTaskId: null,
    priority: task.priority,
    processDefinitionId: task.processDefinitionId,
    processInstanceId: task.processInstanceId,
    taskDefinitionKey: task.elementId,
    caseExecutionId: null,
    caseInstanceId: null,
    caseDefinitionId: null,
    suspended: task.suspended,
    formKey: task.formKey,
    camundaFormRef: toFormRef(task),
    tenantId: task.tenantId,
    taskState: task.updatedAt === null ? 'Created' : 'Updated',
  };
}

export function toFormRef({ formRef, formRefBinding, formRefVersion }: UserTaskEntity) {
  return formRef === null ? null : { key: formRef, binding: formRefBinding, version: formRefVersion };
}

export function toIdentityLinkDto({ userId, groupId, type }: Pick<IdentityLinkEntity, 'userId' | 'groupId' | 'type'>) {
  return { userId, groupId, type };
}
