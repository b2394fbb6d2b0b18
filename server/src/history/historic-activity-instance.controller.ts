import { Type } from '@sinclair/typebox';
import { Path } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { HistoricActivityInstanceDto, HistoricActivityInstanceQuery } from './historic-activity-instance.dto.js';
import { HistoricActivityInstanceQueries } from './historic-activity-instance.query.js';

type Input = QueryInput<HistoricActivityInstanceQuery>;

@Resource('history/activity-instance', 'Historic Activity Instance')
export class HistoricActivityInstanceController {
  constructor(private readonly queries: HistoricActivityInstanceQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricActivityInstances',
    summary: 'Visits to elements',
    response: Type.Array(HistoricActivityInstanceDto),
  })
  list(@QueryInput(HistoricActivityInstanceQuery) input: Input): Promise<HistoricActivityInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryHistoricActivityInstances',
    summary: 'Visits to elements',
    response: Type.Array(HistoricActivityInstanceDto),
  })
  query(@QueryInput(HistoricActivityInstanceQuery) input: Input): Promise<HistoricActivityInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricActivityInstancesCount',
    summary: 'How many visits there are',
    response: CountDto,
  })
  count(@QueryInput(HistoricActivityInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryHistoricActivityInstancesCount',
    summary: 'How many visits there are',
    response: CountDto,
  })
  queryCount(@QueryInput(HistoricActivityInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getHistoricActivityInstance',
    summary: 'A visit to an element',
    response: HistoricActivityInstanceDto,
  })
  get(@Path('id') id: string): Promise<HistoricActivityInstanceDto> {
    return this.queries.get(id);
  }
}
