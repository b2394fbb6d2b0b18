import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { EventSubscriptionDto } from '../event-subscription/event-subscription.dto.js';
import { Multipart, type MultipartForm } from '../http/multipart.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { toVariables, VariablesDto, VariableValueDto } from '../http/variable-value.js';
import { PatchVariablesDto } from '../process-instance/process-instance.dto.js';
import { ScopeVariables } from '../process-instance/scope-variables.js';
import { DeserializeValue, DeserializeValues, UploadDto } from '../variable-instance/answers.js';
import { ExecutionDto, ExecutionQuery, ExecutionTriggerDto } from './execution.dto.js';
import { ExecutionQueries } from './execution.query.js';
import { ExecutionService } from './execution.service.js';

@Resource('execution', 'Execution')
export class ExecutionController {
  constructor(
    private readonly executions: ExecutionService,
    private readonly queries: ExecutionQueries,
    private readonly variables: ScopeVariables,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getExecutions',
    summary: 'Executions: the process instances and the activity instances inside them',
    response: Type.Array(ExecutionDto),
  })
  list(@QueryInput(ExecutionQuery) input: QueryInput<ExecutionQuery>): Promise<ExecutionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryExecutions',
    summary: 'Executions: the process instances and the activity instances inside them',
    response: Type.Array(ExecutionDto),
  })
  query(@QueryInput(ExecutionQuery) input: QueryInput<ExecutionQuery>): Promise<ExecutionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getExecutionsCount',
    summary: 'How many executions there are',
    response: CountDto,
  })
  count(@QueryInput(ExecutionQuery, { paged: false }) input: QueryInput<ExecutionQuery>) {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryExecutionsCount',
    summary: 'How many executions there are',
    response: CountDto,
  })
  countQuery(@QueryInput(ExecutionQuery, { paged: false }) input: QueryInput<ExecutionQuery>) {
    return this.queries.count(input);
  }

  @Route({ method: 'GET', path: ':id', operationId: 'getExecution', summary: 'An execution', response: ExecutionDto })
  get(@Path('id') id: string): Promise<ExecutionDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'POST',
    path: ':id/signal',
    operationId: 'signalExecution',
    summary: 'Let a waiting execution go on',
  })
  signal(
    @Path('id') id: string,
    @Body(ExecutionTriggerDto) body: ExecutionTriggerDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.executions.signal(id, toVariables(body.variables), userId);
  }

  @Route({
    method: 'GET',
    path: ':id/messageSubscriptions/:messageName',
    operationId: 'getMessageEventSubscription',
    summary: 'The message that an execution waits for',
    response: EventSubscriptionDto,
  })
  messageSubscription(@Path('id') id: string, @Path('messageName') name: string): Promise<EventSubscriptionDto> {
    return this.executions.messageSubscription(id, name);
  }

  @Route({
    method: 'POST',
    path: ':id/messageSubscriptions/:messageName/trigger',
    operationId: 'triggerEvent',
    summary: 'Deliver a message to the execution that waits for it',
  })
  trigger(
    @Path('id') id: string,
    @Path('messageName') name: string,
    @Body(ExecutionTriggerDto) body: ExecutionTriggerDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.executions.trigger(id, name, toVariables(body.variables), userId);
  }

  @Route({
    method: 'GET',
    path: ':id/localVariables',
    operationId: 'getLocalExecutionVariables',
    summary: "The variables of the execution's own scope",
    response: VariablesDto,
  })
  async getVariables(@Path('id') id: string, @QueryParams(DeserializeValues) { deserializeValues }: DeserializeValues) {
    return this.variables.list(await this.executions.scope(id), deserializeValues ?? true);
  }

  @Route({
    method: 'POST',
    path: ':id/localVariables',
    operationId: 'modifyLocalExecutionVariables',
    summary: 'Set and remove variables',
  })
  async modifyVariables(
    @Path('id') id: string,
    @Body(PatchVariablesDto) body: PatchVariablesDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.variables.modify(await this.executions.scope(id), body, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/localVariables/:varName',
    operationId: 'getLocalExecutionVariable',
    summary: 'A variable',
    response: VariableValueDto,
  })
  async getVariable(
    @Path('id') id: string,
    @Path('varName') name: string,
    @QueryParams(DeserializeValue) { deserializeValue }: DeserializeValue,
  ) {
    return this.variables.get(await this.executions.scope(id), name, deserializeValue ?? true);
  }

  @Route({
    method: 'PUT',
    path: ':id/localVariables/:varName',
    operationId: 'putLocalExecutionVariable',
    summary: 'Set a variable',
  })
  async setVariable(
    @Path('id') id: string,
    @Path('varName') name: string,
    @Body(VariableValueDto) body: VariableValueDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.variables.set(await this.executions.scope(id), name, body, userId);
  }

  @Route({
    method: 'DELETE',
    path: ':id/localVariables/:varName',
    operationId: 'deleteLocalExecutionVariable',
    summary: 'Remove a variable',
  })
  async removeVariable(@Path('id') id: string, @Path('varName') name: string, @UserId() userId: string | null) {
    return this.variables.remove(await this.executions.scope(id), name, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/localVariables/:varName/data',
    operationId: 'getLocalExecutionVariableBinary',
    summary: 'The content of a file or bytes variable',
    produces: 'application/octet-stream',
  })
  async getVariableData(@Path('id') id: string, @Path('varName') name: string): Promise<StreamableFile> {
    return this.variables.data(await this.executions.scope(id), name);
  }

  @Route({
    method: 'POST',
    path: ':id/localVariables/:varName/data',
    operationId: 'setLocalExecutionVariableBinary',
    summary: 'Upload a file or bytes variable',
    consumes: { mediaType: 'multipart/form-data', schema: UploadDto },
  })
  async setVariableData(
    @Path('id') id: string,
    @Path('varName') name: string,
    @Multipart() form: MultipartForm,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.variables.setBinary(await this.executions.scope(id), name, form, userId);
  }
}
