import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import {
  type ActivityStatisticsDto,
  type DefinitionStatisticsDto,
  type StatisticsParameters,
  toProcessDefinitionDto,
} from './process-definition.dto.js';

// Clients that are written in Java tell the two kinds of results apart by these names.
const ACTIVITY_CLASS = 'org.camunda.bpm.engine.rest.dto.repository.ActivityStatisticsResultDto';
const DEFINITION_CLASS = 'org.camunda.bpm.engine.rest.dto.repository.ProcessDefinitionStatisticsResultDto';

// Instances at an activity are the tree's leaves: a sub-process is counted by what is at work inside.
const LEAVES = `
SELECT n->>'elementId' AS id, count(*)::int AS n
FROM process_instance p, jsonb_array_elements(p.state->'nodes') n
WHERE p.process_definition_id = $1 AND n->>'parentId' IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(p.state->'nodes') c WHERE c->>'parentId' = n->>'id')
GROUP BY 1`;

interface Count {
  readonly id: string;
  readonly n: number;
}

interface IncidentCount extends Count {
  readonly type: string;
}

/** How many instances, failed jobs and incidents there are, by definition or by activity. */
@Injectable()
export class DefinitionStatisticsQueries {
  constructor(private readonly database: Database) {}

  async byActivity(definitionId: string, parameters: StatisticsParameters): Promise<ActivityStatisticsDto[]> {
    const [instances, jobs, incidents] = await Promise.all([
      this.database.query<Count>(LEAVES, [definitionId]),
      this.failedJobs('element_id', definitionId, parameters),
      this.incidents('element_id', definitionId, parameters),
    ]);
    const ids = new Set([...instances, ...jobs, ...incidents].map(({ id }) => id));
    return [...ids].sort().map((id) => ({
      '@class': ACTIVITY_CLASS,
      id,
      instances: countOf(instances, id),
      failedJobs: countOf(jobs, id),
      incidents: incidentsOf(incidents, id),
    }));
  }

  async byDefinition(parameters: StatisticsParameters): Promise<DefinitionStatisticsDto[]> {
    const [definitions, instances, jobs, incidents] = await Promise.all([
      this.database.dataSource.createQueryBuilder(ProcessDefinitionEntity, 'd').orderBy('d.id').getMany(),
      this.database.query<Count>(
        'SELECT process_definition_id AS id, count(*)::int AS n FROM process_instance GROUP BY 1',
      ),
      this.failedJobs('process_definition_id', null, parameters),
      this.incidents('process_definition_id', null, parameters),
    ]);
    return definitions.map((definition) => ({
      '@class': DEFINITION_CLASS,
      id: definition.id,
      instances: countOf(instances, definition.id),
      failedJobs: countOf(jobs, definition.id),
      incidents: incidentsOf(incidents, definition.id),
      definition: toProcessDefinitionDto(definition),
    }));
  }

  private async failedJobs(
    group: 'element_id' | 'process_definition_id',
    definitionId: string | null,
    { failedJobs }: StatisticsParameters,
  ): Promise<Count[]> {
    if (!failedJobs) return [];
    return this.database.query<Count>(
      `SELECT ${group} AS id, count(*)::int AS n FROM job
       WHERE retries = 0 AND ($1::text IS NULL OR process_definition_id = $1::text) GROUP BY 1`,
      [definitionId],
    );
  }

  private async incidents(
    group: 'element_id' | 'process_definition_id',
    definitionId: string | null,
    { incidents, rootIncidents, incidentsForType }: StatisticsParameters,
  ): Promise<IncidentCount[]> {
    if ([incidents, rootIncidents, incidentsForType !== undefined].filter(Boolean).length > 1)
      throw invalidRequest('Only one of the query parameters incidents, rootIncidents and incidentsForType can be set');
    if (!incidents && !rootIncidents && incidentsForType === undefined) return [];
    return this.database.query<IncidentCount>(
      `SELECT ${group} AS id, type, count(*)::int AS n FROM incident
       WHERE ($1::text IS NULL OR process_definition_id = $1::text) AND ($2::text IS NULL OR type = $2::text)
         AND (NOT $3::boolean OR id = root_cause_incident_id) GROUP BY 1, 2 ORDER BY 2`,
      [definitionId, incidentsForType ?? null, rootIncidents ?? false],
    );
  }
}

function countOf(counts: readonly Count[], id: string): number {
  return counts.find((count) => count.id === id)?.n ?? 0;
}

function incidentsOf(counts: readonly IncidentCount[], id: string) {
  return counts.filter((count) => count.id === id).map(({ type, n }) => ({ incidentType: type, incidentCount: n }));
}
