import { Injectable } from '@nestjs/common';
import { formatDate } from '../http/date.js';
import { Database } from '../persistence/database.js';
import { ALL_PINS, canDo, Pins } from '../worker/worker-coverage.js';
import { LiveWorkers } from '../worker-bridge/live-workers.js';
import type { IncidentProgressDto, IncidentProgressParameters } from './incident-progress.dto.js';

interface Row extends Omit<IncidentProgressDto, 'incidentTimestamp' | 'workerConnected' | 'explanation'> {
  readonly createdAt: Date;
  readonly deploymentId: string;
  readonly suspended: boolean;
}

// The incident of a task or job ends when its retries are set. It still is what people want to see until the task is done:
// as long as the task or job is there, its last incident counts.
const INCIDENTS = `
WITH found AS (
  SELECT i.id, 'open' AS state, i.type, i.message, i.created_at, i.process_instance_id, i.process_definition_id, i.element_id,
    i.failed_element_id, i.cause_incident_id, i.root_cause_incident_id, i.configuration
  FROM incident i WHERE ($1::text IS NULL OR i.process_instance_id = $1) AND ($2::text IS NULL OR i.process_definition_id = $2)
  UNION ALL
  SELECT h.id, 'retryPending', h.type, coalesce(w.message, h.message), h.created_at, h.process_instance_id,
    h.process_definition_id, h.element_id, h.failed_element_id, h.cause_incident_id, h.root_cause_incident_id, h.configuration
  FROM (
    SELECT id, error_message AS message, process_instance_id, process_definition_id, 'failedExternalTask' AS type
    FROM external_task WHERE retries IS NULL OR retries > 0
    UNION ALL
    SELECT id, exception_message, process_instance_id, process_definition_id, 'failedJob' FROM job
    WHERE retries > 0 AND exception_message IS NOT NULL) w
  CROSS JOIN LATERAL (
    SELECT * FROM historic_incident h WHERE h.configuration = w.id AND h.type = w.type AND h.cause_incident_id = h.id
    ORDER BY h.created_at DESC, h.id DESC LIMIT 1) h
  WHERE h.ended_at IS NOT NULL
    AND ($1::text IS NULL OR w.process_instance_id = $1) AND ($2::text IS NULL OR w.process_definition_id = $2))
SELECT f.id, f.state, f.type AS "incidentType", f.message AS "incidentMessage", f.created_at AS "createdAt",
  f.process_instance_id AS "processInstanceId", f.process_definition_id AS "processDefinitionId",
  f.element_id AS "activityId", f.failed_element_id AS "failedActivityId", f.cause_incident_id AS "causeIncidentId",
  f.root_cause_incident_id AS "rootCauseIncidentId", f.configuration,
  CASE WHEN t.id IS NULL THEN j.retries ELSE t.retries END AS retries, t.topic_name AS "topicName",
  coalesce(t.suspended, j.suspended, false) AS suspended, d.deployment_id AS "deploymentId"
FROM found f LEFT JOIN external_task t ON t.id = f.configuration LEFT JOIN job j ON j.id = f.configuration
  LEFT JOIN process_definition d ON d.id = f.process_definition_id
ORDER BY f.created_at DESC, f.id DESC LIMIT $3 OFFSET $4`;

/** How it stands with what went wrong. */
@Injectable()
export class IncidentProgressQueries {
  constructor(
    private readonly database: Database,
    private readonly workers: LiveWorkers,
  ) {}

  /** The newest first. */
  async list(parameters: IncidentProgressParameters): Promise<IncidentProgressDto[]> {
    const { processInstanceId = null, processDefinitionId = null, maxResults = 1000, firstResult = 0 } = parameters;
    const limits = [processInstanceId, processDefinitionId, maxResults, firstResult];
    const rows = await this.database.query<Row>(INCIDENTS, limits);
    if (rows.length === 0) return [];
    const workers = await this.workers.list();
    const pins = new Pins(await this.database.query(ALL_PINS));
    return rows.map(({ createdAt, deploymentId, suspended, ...row }) => {
      const work = row.topicName === null ? null : pins.workOf(deploymentId, row.topicName);
      const workerConnected = work && workers.some((worker) => canDo(worker, work));
      const missing = workerConnected === false ? nobody(row.topicName ?? '', work?.range) : null;
      return {
        ...row,
        incidentTimestamp: formatDate(createdAt),
        workerConnected,
        explanation: explain(row.state, suspended, missing),
      };
    });
  }
}

function nobody(topic: string, range: string | undefined): string {
  const versions = range === undefined ? '' : ` in a version ${range}`;
  return `no worker is connected for topic '${topic}'${versions}`;
}

function explain(state: Row['state'], suspended: boolean, missing: string | null): string {
  const open = 'Nobody tries it again until its retries are set';
  if (missing !== null) return state === 'open' ? `${open}, and ${missing}` : `Retry pending, but ${missing}`;
  if (state === 'open') return open;
  if (suspended) return 'Retry pending, but it is suspended';
  return 'Retry pending: it is tried again, and has neither succeeded nor used up its attempts';
}
