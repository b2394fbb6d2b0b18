import { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { VariablesDto, type VariableValueAnswer } from '../http/variable-value.js';
import { type SetStatus, Status } from '../variable-instance/answers.js';
import {
  CompleteTaskDto,
  FormDto,
  IdentityLinkDto,
  TaskBpmnErrorDto,
  TaskCountByCandidateGroupDto,
  TaskDto,
  TaskEscalationDto,
  UpdateTaskDto,
  UserIdDto,
} from './task.dto.js';
import { TaskQuery } from './task.filters.js';
import { TaskQueries } from './task.query.js';
import { TaskService } from './task.service.js';
import { TaskFormService } from './task-form.service.js';

type Variables = Record<string, VariableValueAnswer>;

const FormVariablesQuery = Type.Object({
  variableNames: Type.Optional(Type.String({ description: 'A list, separated by commas; all when absent' })),
  deserializeValues: Type.Optional(Type.Boolean()),
});
const LinkTypeQuery = Type.Object({ type: Type.Optional(Type.String()) });

@Resource('task', 'Task')
export class TaskController {
  constructor(
    private readonly tasks: TaskService,
    private readonly queries: TaskQueries,
    private readonly forms: TaskFormService,
  ) {}

  @Route({ method: 'GET', operationId: 'getTasks', summary: 'Tasks', response: Type.Array(TaskDto) })
  list(@QueryInput(TaskQuery) input: QueryInput<TaskQuery>): Promise<TaskDto[]> {
    return this.queries.list(input);
  }

  @Route({ method: 'POST', operationId: 'queryTasks', summary: 'Tasks', response: Type.Array(TaskDto) })
  query(@QueryInput(TaskQuery) input: QueryInput<TaskQuery>): Promise<TaskDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getTasksCount',
    summary: 'How many tasks there are',
    response: CountDto,
  })
  count(@QueryInput(TaskQuery, { paged: false }) input: QueryInput<TaskQuery>): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryTasksCount',
    summary: 'How many tasks there are',
    response: CountDto,
  })
  queryCount(@QueryInput(TaskQuery, { paged: false }) input: QueryInput<TaskQuery>): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: 'report/candidate-group-count',
    operationId: 'getTaskCountByCandidateGroup',
    summary: 'How many tasks each candidate group has',
    response: Type.Array(TaskCountByCandidateGroupDto),
  })
  countByCandidateGroup(): Promise<TaskCountByCandidateGroupDto[]> {
    return this.queries.countByCandidateGroup();
  }

  @Route({ method: 'GET', path: ':id', operationId: 'getTask', summary: 'A task', response: TaskDto })
  get(@Path('id') id: string): Promise<TaskDto> {
    return this.queries.get(id);
  }

  @Route({ method: 'PUT', path: ':id', operationId: 'updateTask', summary: 'Replace what can be changed of a task' })
  replace(
    @Path('id') id: string,
    @Body(UpdateTaskDto) body: UpdateTaskDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.replace(id, body, userId);
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'deleteTask', summary: 'Delete a task of no process' })
  delete(@Path('id') id: string): Promise<void> {
    return this.tasks.refuseDeletion(id);
  }

  @Route({ method: 'POST', path: ':id/claim', operationId: 'claim', summary: 'Claim a task for a user' })
  claim(@Path('id') id: string, @Body(UserIdDto) body: UserIdDto, @UserId() userId: string | null): Promise<void> {
    return this.tasks.claim(id, body.userId ?? null, userId);
  }

  @Route({ method: 'POST', path: ':id/unclaim', operationId: 'unclaim', summary: 'Give a task back' })
  unclaim(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.tasks.unclaim(id, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/assignee',
    operationId: 'setAssignee',
    summary: 'Assign a task to a user, or to nobody',
  })
  assign(@Path('id') id: string, @Body(UserIdDto) body: UserIdDto, @UserId() userId: string | null): Promise<void> {
    return this.tasks.assign(id, body.userId ?? null, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/delegate',
    operationId: 'delegateTask',
    summary: 'Let another user work on a task',
  })
  delegate(@Path('id') id: string, @Body(UserIdDto) body: UserIdDto, @UserId() userId: string | null): Promise<void> {
    return this.tasks.delegate(id, body.userId ?? null, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/resolve',
    operationId: 'resolve',
    summary: 'Give a delegated task back to its owner',
  })
  resolve(
    @Path('id') id: string,
    @Body(CompleteTaskDto) body: CompleteTaskDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.resolve(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/complete',
    operationId: 'complete',
    summary: 'Complete a task',
    response: VariablesDto,
  })
  async complete(
    @Path('id') id: string,
    @Body(CompleteTaskDto) body: CompleteTaskDto,
    @UserId() userId: string | null,
    @Status() setStatus: SetStatus,
  ): Promise<Variables | null> {
    return orNoContent(await this.tasks.complete(id, body, userId), setStatus);
  }

  @Route({
    method: 'POST',
    path: ':id/submit-form',
    operationId: 'submit',
    summary: 'Complete a task with what was filled in',
    response: VariablesDto,
  })
  async submitForm(
    @Path('id') id: string,
    @Body(CompleteTaskDto) body: CompleteTaskDto,
    @UserId() userId: string | null,
    @Status() setStatus: SetStatus,
  ): Promise<Variables | null> {
    return orNoContent(await this.tasks.submitForm(id, body, userId), setStatus);
  }

  @Route({
    method: 'POST',
    path: ':id/bpmnError',
    operationId: 'handleBpmnError',
    summary: 'Throw a BPMN error from a task',
  })
  throwError(
    @Path('id') id: string,
    @Body(TaskBpmnErrorDto) body: TaskBpmnErrorDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.throwError(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/bpmnEscalation',
    operationId: 'handleEscalation',
    summary: 'Escalate from a task',
  })
  escalate(
    @Path('id') id: string,
    @Body(TaskEscalationDto) body: TaskEscalationDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.escalate(id, body, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/form',
    operationId: 'getForm',
    summary: 'Which form a task has',
    response: FormDto,
  })
  form(@Path('id') id: string): Promise<FormDto> {
    return this.forms.form(id);
  }

  @Route({
    method: 'GET',
    path: ':id/form-variables',
    operationId: 'getFormVariables',
    summary: 'The variables that a form of the task can show',
    response: VariablesDto,
  })
  formVariables(
    @Path('id') id: string,
    @QueryParams(FormVariablesQuery) query: { variableNames?: string; deserializeValues?: boolean },
  ): Promise<Variables> {
    return this.forms.variables(id, query.variableNames?.split(',') ?? null, query.deserializeValues ?? true);
  }

  @Route({
    method: 'GET',
    path: ':id/rendered-form',
    operationId: 'getRenderedForm',
    summary: 'The form made of the fields in the model',
    produces: 'application/xhtml+xml',
  })
  async renderedForm(@Path('id') id: string): Promise<StreamableFile> {
    return new StreamableFile(Buffer.from(await this.forms.rendered(id)), { type: 'application/xhtml+xml' });
  }

  @Route({
    method: 'GET',
    path: ':id/deployed-form',
    operationId: 'getDeployedForm',
    summary: 'The form that was deployed for the task',
    produces: 'application/xhtml+xml',
  })
  async deployedForm(@Path('id') id: string): Promise<StreamableFile> {
    const { bytes, mediaType } = await this.forms.deployed(id);
    return new StreamableFile(bytes, { type: mediaType });
  }

  @Route({
    method: 'GET',
    path: ':id/identity-links',
    operationId: 'getIdentityLinks',
    summary: 'Who has to do with a task',
    response: Type.Array(IdentityLinkDto),
  })
  identityLinks(
    @Path('id') id: string,
    @QueryParams(LinkTypeQuery) query: { type?: string },
  ): Promise<IdentityLinkDto[]> {
    return this.queries.identityLinks(id, query.type);
  }

  @Route({
    method: 'POST',
    path: ':id/identity-links',
    operationId: 'addIdentityLink',
    summary: 'Link a user or group to a task',
  })
  addIdentityLink(
    @Path('id') id: string,
    @Body(IdentityLinkDto) body: IdentityLinkDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.addIdentityLink(id, body, userId);
  }

  @Route({
    method: 'POST',
    path: ':id/identity-links/delete',
    operationId: 'deleteIdentityLink',
    summary: 'Remove the link of a user or group to a task',
  })
  removeIdentityLink(
    @Path('id') id: string,
    @Body(IdentityLinkDto) body: IdentityLinkDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.removeIdentityLink(id, body, userId);
  }
}

function orNoContent(variables: Variables | null, setStatus: SetStatus): Variables | null {
  if (variables === null) setStatus(204);
  return variables;
}
