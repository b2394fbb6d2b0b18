import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { Path, QueryParams } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { binaryAnswer, DeserializeValue, DeserializeValues } from './answers.js';
import { VariableInstanceDto, VariableInstanceQuery } from './variable-instance.dto.js';
import { VariableInstanceQueries } from './variable-instance.query.js';

@Resource('variable-instance', 'Variable Instance')
export class VariableInstanceController {
  constructor(private readonly queries: VariableInstanceQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getVariableInstances',
    summary: 'Variables of running instances',
    response: Type.Array(VariableInstanceDto),
  })
  list(
    @QueryInput(VariableInstanceQuery) input: QueryInput<VariableInstanceQuery>,
    @QueryParams(DeserializeValues) query: DeserializeValues,
  ): Promise<VariableInstanceDto[]> {
    return this.queries.list(input, query.deserializeValues ?? true);
  }

  @Route({
    method: 'POST',
    operationId: 'queryVariableInstances',
    summary: 'Variables of running instances',
    response: Type.Array(VariableInstanceDto),
  })
  query(
    @QueryInput(VariableInstanceQuery) input: QueryInput<VariableInstanceQuery>,
    @QueryParams(DeserializeValues) query: DeserializeValues,
  ): Promise<VariableInstanceDto[]> {
    return this.queries.list(input, query.deserializeValues ?? true);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getVariableInstancesCount',
    summary: 'How many variables there are',
    response: CountDto,
  })
  count(
    @QueryInput(VariableInstanceQuery, { paged: false }) input: QueryInput<VariableInstanceQuery>,
  ): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryVariableInstancesCount',
    summary: 'How many variables there are',
    response: CountDto,
  })
  queryCount(
    @QueryInput(VariableInstanceQuery, { paged: false }) input: QueryInput<VariableInstanceQuery>,
  ): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getVariableInstance',
    summary: 'A variable',
    response: VariableInstanceDto,
  })
  get(@Path('id') id: string, @QueryParams(DeserializeValue) query: DeserializeValue): Promise<VariableInstanceDto> {
    return this.queries.get(id, query.deserializeValue ?? true);
  }

  @Route({
    method: 'GET',
    path: ':id/data',
    operationId: 'getVariableInstanceBinary',
    summary: 'The bytes of a file or of a value of type Bytes',
    produces: 'application/octet-stream',
  })
  async data(@Path('id') id: string): Promise<StreamableFile> {
    return binaryAnswer(await this.queries.value(id), id);
  }
}
