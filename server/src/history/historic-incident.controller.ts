import { Type } from '@sinclair/typebox';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { HistoricIncidentDto, HistoricIncidentQuery } from './historic-incident.dto.js';
import { HistoricIncidentQueries } from './historic-incident.query.js';

type Input = QueryInput<HistoricIncidentQuery>;

@Resource('history/incident', 'Historic Incident')
export class HistoricIncidentController {
  constructor(private readonly queries: HistoricIncidentQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getHistoricIncidents',
    summary: 'Open and past incidents',
    response: Type.Array(HistoricIncidentDto),
  })
  list(@QueryInput(HistoricIncidentQuery) input: Input): Promise<HistoricIncidentDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getHistoricIncidentsCount',
    summary: 'How many incidents there are',
    response: CountDto,
  })
  count(@QueryInput(HistoricIncidentQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.queries.count(input);
  }
}
