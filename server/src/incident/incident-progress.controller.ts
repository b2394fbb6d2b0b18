import { Type } from '@sinclair/typebox';
import { QueryParams } from '../http/parameters.js';
import { ApiResource, Route } from '../http/route.js';
import { IncidentProgressDto, IncidentProgressParameters } from './incident-progress.dto.js';
import { IncidentProgressQueries } from './incident-progress.query.js';

@ApiResource('incidents', 'Incident')
export class IncidentProgressController {
  constructor(private readonly queries: IncidentProgressQueries) {}

  @Route({
    method: 'GET',
    operationId: 'getIncidentProgress',
    summary: 'Open incidents, and those that are being tried again until they have succeeded',
    response: Type.Array(IncidentProgressDto),
  })
  list(
    @QueryParams(IncidentProgressParameters) parameters: IncidentProgressParameters,
  ): Promise<IncidentProgressDto[]> {
    return this.queries.list(parameters);
  }
}
