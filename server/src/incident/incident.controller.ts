import { Type } from '@sinclair/typebox';
import { Body, Path, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { AnnotationDto, IncidentDto, IncidentQuery } from './incident.dto.js';
import { IncidentQueries } from './incident.query.js';
import { IncidentService } from './incident.service.js';

@Resource('incident', 'Incident')
export class IncidentController {
  constructor(
    private readonly incidents: IncidentService,
    private readonly queries: IncidentQueries,
  ) {}

  @Route({ method: 'GET', operationId: 'getIncidents', summary: 'Open incidents', response: Type.Array(IncidentDto) })
  list(@QueryInput(IncidentQuery) input: QueryInput<IncidentQuery>): Promise<IncidentDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getIncidentsCount',
    summary: 'How many open incidents there are',
    response: CountDto,
  })
  count(@QueryInput(IncidentQuery, { paged: false }) input: QueryInput<IncidentQuery>): Promise<{ count: number }> {
    return this.queries.count(input);
  }

  @Route({ method: 'GET', path: ':id', operationId: 'getIncident', summary: 'An open incident', response: IncidentDto })
  get(@Path('id') id: string): Promise<IncidentDto> {
    return this.queries.get(id);
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'resolveIncident', summary: 'Resolve an incident' })
  resolve(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.incidents.resolve(id, userId);
  }

  @Route({
    method: 'PUT',
    path: ':id/annotation',
    operationId: 'setIncidentAnnotation',
    summary: 'Note something on an incident',
  })
  annotate(
    @Path('id') id: string,
    @Body(AnnotationDto) body: AnnotationDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.incidents.annotate(id, body.annotation ?? null, userId);
  }

  @Route({
    method: 'DELETE',
    path: ':id/annotation',
    operationId: 'clearIncidentAnnotation',
    summary: 'Remove the note of an incident',
  })
  clearAnnotation(@Path('id') id: string, @UserId() userId: string | null): Promise<void> {
    return this.incidents.annotate(id, null, userId);
  }
}
