import { Injectable } from '@nestjs/common';
import { invalidRequest, noSuchResource, RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { recordOperation } from '../persistence/user-operations.js';
import { IncidentQueries } from './incident.query.js';

/** Incidents that end by themselves, as soon as there are retries again. */
const OF_RETRIES: ReadonlySet<string> = new Set(['failedJob', 'failedExternalTask']);

@Injectable()
export class IncidentService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: IncidentQueries,
  ) {}

  async resolve(id: string, userId: string | null): Promise<void> {
    const incident = await this.queries.find(id);
    if (!incident) throw noSuchResource(`Cannot find an incident with id '${id}'`);
    if (OF_RETRIES.has(incident.type))
      throw invalidRequest(`Cannot resolve an incident of type ${incident.type}: set the retries of what failed`);
    const { processInstanceId } = incident;
    if (processInstanceId === null) throw invalidRequest(`Incident ${id} belongs to no process instance`);
    await this.unitOfWork.run(processInstanceId, { kind: 'resolveIncident', incidentId: id }, { userId });
  }

  /** In the running incident and in its history. */
  async annotate(id: string, annotation: string | null, userId: string | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      const done = await tx.query<{ processInstanceId: string | null; processDefinitionId: string | null }>(
        `UPDATE incident SET annotation = $2 WHERE id = $1
         RETURNING process_instance_id AS "processInstanceId", process_definition_id AS "processDefinitionId"`,
        [id, annotation],
      );
      if (done.length === 0)
        throw new RestError(400, 'BadUserRequestException', `There is no incident with id '${id}'`, 0);
      await tx.query('UPDATE historic_incident SET annotation = $2 WHERE id = $1', [id, annotation]);
      await recordOperation(tx, userId, {
        operationType: annotation === null ? 'ClearAnnotation' : 'SetAnnotation',
        entityType: 'Incident',
        ...done[0],
        properties: [{ property: 'incidentId', newValue: id }],
      });
    });
  }
}
