import { Type } from '@sinclair/typebox';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { HistoricTaskInstanceDto, HistoricTaskInstanceQuery } from './historic-task.dto.js';
import { HistoricTaskQueries } from './historic-task.query.js';

type Input = QueryInput<HistoricTaskInstanceQuery>;

@Resource('history/task', 'Historic Task Instance')
export class HistoricTaskController {
  constructor(private readonly queries: HistoricTaskQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricTaskInstances',
    summary: 'Open and past tasks',
    response: Type.Array(HistoricTaskInstanceDto),
  })
  list(@QueryInput(HistoricTaskInstanceQuery) input: Input): Promise<HistoricTaskInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'POST',
    operationId: 'queryHistoricTaskInstances',
    summary: 'Open and past tasks',
    response: Type.Array(HistoricTaskInstanceDto),
  })
  query(@QueryInput(HistoricTaskInstanceQuery) input: Input): Promise<HistoricTaskInstanceDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricTaskInstancesCount',
    summary: 'How many tasks there are',
    response: CountDto,
  })
  count(@QueryInput(HistoricTaskInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'count',
    operationId: 'queryHistoricTaskInstancesCount',
    summary: 'How many tasks there are',
    response: CountDto,
  })
  queryCount(@QueryInput(HistoricTaskInstanceQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }
}
