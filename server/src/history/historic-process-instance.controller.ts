import { Type } from '@sinclair/typebox';
import { Path, QueryParams } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { HistoricProcessInstanceDto, HistoricProcessInstanceQuery } from './historic-process-instance.dto.js';
import { HistoricProcessInstanceQueries } from './historic-process-instance.query.js';
import { HistoricProcessInstanceService } from './historic-process-instance.service.js';

type Input = QueryInput<HistoricProcessInstanceQuery>;
const DeletionQuery = Type.Object({ failIfNotExists: Type.Optional(Type.Boolean()) });

@Resource('history/process-instance', 'Historic Process Instance')
export class HistoricProcessInstanceController {
  constructor(
    private readonly instances: HistoricProcessInstanceService,
    private readonly queries: HistoricProcessInstanceQueries,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricProcessInstances',
    summary: 'Running and past instances',
    response: Type.Array(HistoricProcessInstanceDto),
  })
  list(@QueryInput(HistoricProcessInstanceQuery) input: Input): Promise<HistoricProcessInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryHistoricProcessInstances',
    summary: 'Running and past instances',
    response: Type.Array(HistoricProcessInstanceDto),
  })
  query(@QueryInput(HistoricProcessInstanceQuery) input: Input): Promise<HistoricProcessInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricProcessInstancesCount',
    summary: 'How many instances there are',
    response: CountDto,
  })
  count(@QueryInput(HistoricProcessInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryHistoricProcessInstancesCount',
    summary: 'How many instances there are',
    response: CountDto,
  })
  queryCount(@QueryInput(HistoricProcessInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getHistoricProcessInstance',
    summary: 'A running or past instance',
    response: HistoricProcessInstanceDto,
  })
  get(@Path('id') id: string): Promise<HistoricProcessInstanceDto> {
    return this.queries.get(id);
  }

  @Route({
    method: 'DELETE',
    path: ':id',
    operationId: 'deleteHistoricProcessInstance',
    summary: 'Delete what is recorded of a past instance',
  })
  delete(@Path('id') id: string, @QueryParams(DeletionQuery) query: { failIfNotExists?: boolean }): Promise<void> {
    return this.instances.delete(id, query.failIfNotExists ?? true);
  }
}
