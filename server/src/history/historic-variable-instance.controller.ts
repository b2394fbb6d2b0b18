import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { Path, QueryParams } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { binaryAnswer, DeserializeValues } from '../variable-instance/answers.js';
import { HistoricVariableInstanceDto, HistoricVariableInstanceQuery } from './historic-variable-instance.dto.js';
import { HistoricVariableInstanceQueries } from './historic-variable-instance.query.js';

type Input = QueryInput<HistoricVariableInstanceQuery>;

@Resource('history/variable-instance', 'Historic Variable Instance')
export class HistoricVariableInstanceController {
  constructor(private readonly queries: HistoricVariableInstanceQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricVariableInstances',
    summary: 'Variables of running and past instances',
    response: Type.Array(HistoricVariableInstanceDto),
  })
  list(
    @QueryInput(HistoricVariableInstanceQuery) input: Input,
    @QueryParams(DeserializeValues) query: DeserializeValues,
  ): Promise<HistoricVariableInstanceDto[]> {
    return this.queries.list(input, query.deserializeValues ?? true);
  }

  @Route({
    method: 'POST',
    operationId: 'queryHistoricVariableInstances',
    summary: 'Variables of running and past instances',
    response: Type.Array(HistoricVariableInstanceDto),
  })
  query(
    @QueryInput(HistoricVariableInstanceQuery) input: Input,
    @QueryParams(DeserializeValues) query: DeserializeValues,
  ): Promise<HistoricVariableInstanceDto[]> {
    return this.queries.list(input, query.deserializeValues ?? true);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricVariableInstancesCount',
    summary: 'How many variables there are',
    response: CountDto,
  })
  count(@QueryInput(HistoricVariableInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryHistoricVariableInstancesCount',
    summary: 'How many variables there are',
    response: CountDto,
  })
  queryCount(@QueryInput(HistoricVariableInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getHistoricVariableInstance',
    summary: 'A variable',
    response: HistoricVariableInstanceDto,
  })
  get(
    @Path('id') id: string,
    @QueryParams(DeserializeValues) query: DeserializeValues,
  ): Promise<HistoricVariableInstanceDto> {
    return this.queries.get(id, query.deserializeValues ?? true);
  }

  @Route({
    method: 'DELETE',
    path: ':id',
    operationId: 'deleteHistoricVariableInstance',
    summary: 'Delete what is recorded of a variable',
  })
  delete(@Path('id') id: string): Promise<void> {
    return this.queries.delete(id);
  }

  @Route({
    method: 'GET',
    path: ':id/data',
    operationId: 'getHistoricVariableInstanceBinary',
    summary: 'The bytes of a file or of a value of type Bytes',
    produces: 'application/octet-stream',
  })
  async data(@Path('id') id: string): Promise<StreamableFile> {
    return binaryAnswer(await this.queries.value(id), id);
  }
}
