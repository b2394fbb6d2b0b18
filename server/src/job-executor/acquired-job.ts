import type { JobEntity } from '../persistence/entities/job.js';

/** A job that this server has locked, with what its run needs to know. */
export type AcquiredJob = Pick<
  JobEntity,
  | 'id'
  | 'processInstanceId'
  | 'processDefinitionId'
  | 'tenantId'
  | 'elementId'
  | 'type'
  | 'configuration'
  | 'batchId'
  | 'dueDate'
  | 'repeat'
  | 'retries'
>;

export const JOB_COLUMNS = `id, process_instance_id AS "processInstanceId", process_definition_id AS "processDefinitionId",
  tenant_id AS "tenantId", element_id AS "elementId", type, configuration, batch_id AS "batchId", due_date AS "dueDate", repeat, retries`;
