import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { BulkParameters, type BulkPreviewDto, previewOrNothing } from '../http/bulk-preview.js';
import { Multipart, type MultipartForm } from '../http/multipart.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { VariablesDto, VariableValueDto } from '../http/variable-value.js';
import {
  DeserializeValue,
  DeserializeValues,
  type SetStatus,
  Status,
  UploadDto,
} from '../variable-instance/answers.js';
import { ActivityTreeQueries } from './activity-tree.query.js';
import {
  ActivityInstanceDto,
  InstanceDeletionParameters,
  InstancesSuspensionDto,
  PatchVariablesDto,
  ProcessInstanceDto,
  ProcessInstanceQuery,
  SuspensionDto,
} from './process-instance.dto.js';
import { ProcessInstanceQueries } from './process-instance.query.js';
import { ProcessInstanceService } from './process-instance.service.js';
import { ScopeVariables, type VariableScope } from './scope-variables.js';

@Resource('process-instance', 'Process Instance')
export class ProcessInstanceController {
  constructor(
    private readonly instances: ProcessInstanceService,
    private readonly queries: ProcessInstanceQueries,
    private readonly trees: ActivityTreeQueries,
    private readonly variables: ScopeVariables,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getProcessInstances',
    summary: 'Running process instances',
    response: Type.Array(ProcessInstanceDto),
  })
  list(@QueryInput(ProcessInstanceQuery) input: QueryInput<ProcessInstanceQuery>): Promise<ProcessInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryProcessInstances',
    summary: 'Running process instances',
    response: Type.Array(ProcessInstanceDto),
  })
  query(@QueryInput(ProcessInstanceQuery) input: QueryInput<ProcessInstanceQuery>): Promise<ProcessInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getProcessInstancesCount',
    summary: 'How many process instances run',
    response: CountDto,
  })
  count(@QueryInput(ProcessInstanceQuery, { paged: false }) input: QueryInput<ProcessInstanceQuery>) {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryProcessInstancesCount',
    summary: 'How many process instances run',
    response: CountDto,
  })
  countQuery(@QueryInput(ProcessInstanceQuery, { paged: false }) input: QueryInput<ProcessInstanceQuery>) {
    return this.queries.count(input);
  }

  @Route({
    method: 'PUT',
    path: 'suspended',
    operationId: 'updateSuspensionState',
    summary: 'Suspend or activate instances, chosen by ids, by a query or by their definition',
  })
  async suspendSome(
    @Body(InstancesSuspensionDto) body: InstancesSuspensionDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @UserId() userId: string | null,
    @Status() setStatus: SetStatus,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.instances.suspendSome(body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getProcessInstance',
    summary: 'A running process instance',
    response: ProcessInstanceDto,
  })
  get(@Path('id') id: string): Promise<ProcessInstanceDto> {
    return this.queries.get(id);
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'deleteProcessInstance', summary: 'Delete a running instance' })
  delete(
    @Path('id') id: string,
    @QueryParams(InstanceDeletionParameters) parameters: InstanceDeletionParameters,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.instances.delete(id, parameters, userId);
  }

  @Route({
    method: 'PUT',
    path: ':id/suspended',
    operationId: 'updateSuspensionStateById',
    summary: 'Suspend or activate an instance',
  })
  suspend(@Path('id') id: string, @Body(SuspensionDto) body: SuspensionDto, @UserId() userId: string | null) {
    return this.instances.suspend(id, body.suspended ?? false, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/activity-instances',
    operationId: 'getActivityInstanceTree',
    summary: 'Where the instance stands: its activity instances as a tree',
    response: ActivityInstanceDto,
  })
  activityInstances(@Path('id') id: string): Promise<ActivityInstanceDto> {
    return this.trees.get(id);
  }

  @Route({
    method: 'GET',
    path: ':id/variables',
    operationId: 'getProcessInstanceVariables',
    summary: 'The variables of the instance itself',
    response: VariablesDto,
  })
  getVariables(@Path('id') id: string, @QueryParams(DeserializeValues) { deserializeValues }: DeserializeValues) {
    return this.variables.list(scopeOf(id), deserializeValues ?? true);
  }

  @Route({
    method: 'POST',
    path: ':id/variables',
    operationId: 'modifyProcessInstanceVariables',
    summary: 'Set and remove variables',
  })
  modifyVariables(
    @Path('id') id: string,
    @Body(PatchVariablesDto) body: PatchVariablesDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.variables.modify(scopeOf(id), body, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/variables/:varName',
    operationId: 'getProcessInstanceVariable',
    summary: 'A variable',
    response: VariableValueDto,
  })
  getVariable(
    @Path('id') id: string,
    @Path('varName') name: string,
    @QueryParams(DeserializeValue) { deserializeValue }: DeserializeValue,
  ) {
    return this.variables.get(scopeOf(id), name, deserializeValue ?? true);
  }

  @Route({
    method: 'PUT',
    path: ':id/variables/:varName',
    operationId: 'setProcessInstanceVariable',
    summary: 'Set a variable',
  })
  setVariable(
    @Path('id') id: string,
    @Path('varName') name: string,
    @Body(VariableValueDto) body: VariableValueDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.variables.set(scopeOf(id), name, body, userId);
  }

  @Route({
    method: 'DELETE',
    path: ':id/variables/:varName',
    operationId: 'deleteProcessInstanceVariable',
    summary: 'Remove a variable',
  })
  removeVariable(@Path('id') id: string, @Path('varName') name: string, @UserId() userId: string | null) {
    return this.variables.remove(scopeOf(id), name, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/variables/:varName/data',
    operationId: 'getProcessInstanceVariableBinary',
    summary: 'The content of a file or bytes variable',
    produces: 'application/octet-stream',
  })
  getVariableData(@Path('id') id: string, @Path('varName') name: string): Promise<StreamableFile> {
    return this.variables.data(scopeOf(id), name);
  }

  @Route({
    method: 'POST',
    path: ':id/variables/:varName/data',
    operationId: 'setProcessInstanceVariableBinary',
    summary: 'Upload a file or bytes variable',
    consumes: { mediaType: 'multipart/form-data', schema: UploadDto },
  })
  setVariableData(
    @Path('id') id: string,
    @Path('varName') name: string,
    @Multipart() form: MultipartForm,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.variables.setBinary(scopeOf(id), name, form, userId);
  }
}

function scopeOf(id: string): VariableScope {
  return { processInstanceId: id, scopeId: id, kind: 'process instance' };
}
