import type { StreamableFile } from '@nestjs/common';
import { Multipart, type MultipartForm } from '../http/multipart.js';
import { Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import {
  toTypedValue,
  toVariableValue,
  toVariableValues,
  VariablesDto,
  type VariableValueAnswer,
  VariableValueDto,
} from '../http/variable-value.js';
import {
  binaryAnswer,
  DeserializeValue,
  DeserializeValues,
  readUpload,
  UploadDto,
} from '../variable-instance/answers.js';
import { PatchVariablesDto } from './task.dto.js';
import { TaskQueries } from './task.query.js';
import { TaskService } from './task.service.js';

@Resource('task/:id/variables', 'Task Variable')
export class TaskVariableController {
  constructor(
    private readonly tasks: TaskService,
    private readonly queries: TaskQueries,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getTaskVariables',
    summary: 'The variables that a task sees',
    response: VariablesDto,
  })
  async list(
    @Path('id') id: string,
    @QueryParams(DeserializeValues) query: DeserializeValues,
  ): Promise<Record<string, VariableValueAnswer>> {
    const values = await this.queries.variables(await this.queries.find(id), false, null);
    return toVariableValues(values, { deserialize: query.deserializeValues ?? true });
  }

  @Route({ method: 'POST', operationId: 'modifyTaskVariables', summary: 'Set and remove several variables' })
  patch(
    @Path('id') id: string,
    @Body(PatchVariablesDto) body: PatchVariablesDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.patchVariables(id, body, false, userId);
  }

  @Route({
    method: 'GET',
    path: ':name',
    operationId: 'getTaskVariable',
    summary: 'One variable',
    response: VariableValueDto,
  })
  async get(
    @Path('id') id: string,
    @Path('name') name: string,
    @QueryParams(DeserializeValue) query: DeserializeValue,
  ): Promise<VariableValueAnswer> {
    return toVariableValue(await this.queries.variable(id, name, false), {
      deserialize: query.deserializeValue ?? true,
    });
  }

  @Route({ method: 'PUT', path: ':name', operationId: 'putTaskVariable', summary: 'Set one variable' })
  put(
    @Path('id') id: string,
    @Path('name') name: string,
    @Body(VariableValueDto) body: VariableValueDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.setVariable(id, name, toTypedValue(body, name), false, userId);
  }

  @Route({ method: 'DELETE', path: ':name', operationId: 'deleteTaskVariable', summary: 'Remove one variable' })
  remove(@Path('id') id: string, @Path('name') name: string, @UserId() userId: string | null): Promise<void> {
    return this.tasks.removeVariable(id, name, false, userId);
  }

  @Route({
    method: 'GET',
    path: ':name/data',
    operationId: 'getTaskVariableBinary',
    summary: 'The bytes of a file or of a value of type Bytes',
    produces: 'application/octet-stream',
  })
  async data(@Path('id') id: string, @Path('name') name: string): Promise<StreamableFile> {
    return binaryAnswer(await this.queries.variable(id, name, false), name);
  }

  @Route({
    method: 'POST',
    path: ':name/data',
    operationId: 'setBinaryTaskVariable',
    summary: 'Upload a file or bytes as a variable',
    consumes: { mediaType: 'multipart/form-data', schema: UploadDto },
  })
  upload(
    @Path('id') id: string,
    @Path('name') name: string,
    @Multipart() form: MultipartForm,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.tasks.setVariable(id, name, readUpload(form, name), false, userId);
  }
}
