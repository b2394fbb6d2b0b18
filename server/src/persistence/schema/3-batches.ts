import type { MigrationInterface, QueryRunner } from 'typeorm';

// As in the first step.
const ID = 'text COLLATE "C"';
const TIME = 'timestamptz(3)';

const BATCHES = `
CREATE TABLE batch (
  id ${ID} PRIMARY KEY,
  type text NOT NULL,
  total_jobs integer NOT NULL,
  jobs_created integer NOT NULL,
  seed_job_definition_id ${ID} NOT NULL,
  monitor_job_definition_id ${ID} NOT NULL,
  batch_job_definition_id ${ID} NOT NULL,
  configuration text NOT NULL,
  suspended boolean NOT NULL,
  priority double precision NOT NULL,
  tenant_id text,
  create_user_id text,
  annotation text,
  started_at ${TIME} NOT NULL,
  execution_started_at ${TIME},
  ended_at ${TIME}
);
CREATE INDEX batch_running ON batch (id) WHERE ended_at IS NULL;

CREATE TABLE batch_item (
  id ${ID} PRIMARY KEY,
  batch_id ${ID} NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
  subject_id ${ID} NOT NULL,
  job_id ${ID},
  state text NOT NULL,
  reason text
);
CREATE INDEX batch_item_batch ON batch_item (batch_id, state);
CREATE INDEX batch_item_job ON batch_item (job_id) WHERE job_id IS NOT NULL;

ALTER TABLE job ADD COLUMN batch_id ${ID};
CREATE INDEX job_batch ON job (batch_id) WHERE batch_id IS NOT NULL;
`;

const OPERATIONS = `
CREATE TABLE user_operation (
  id ${ID} PRIMARY KEY,
  operation_id ${ID} NOT NULL,
  operation_type text NOT NULL,
  entity_type text NOT NULL,
  category text NOT NULL,
  property text,
  org_value text,
  new_value text,
  user_id text NOT NULL,
  created_at ${TIME} NOT NULL,
  annotation text,
  deployment_id ${ID},
  process_definition_id ${ID},
  process_definition_key text,
  process_instance_id ${ID},
  root_process_instance_id ${ID},
  execution_id ${ID},
  task_id ${ID},
  external_task_id ${ID},
  batch_id ${ID},
  job_id ${ID},
  job_definition_id ${ID},
  tenant_id text
);
CREATE INDEX user_operation_operation ON user_operation (operation_id);
CREATE INDEX user_operation_instance ON user_operation (process_instance_id) WHERE process_instance_id IS NOT NULL;
CREATE INDEX user_operation_created ON user_operation (created_at);
`;

/** Batches with what they are about, and who did what. */
export class Batches1790000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BATCHES);
    await runner.query(OPERATIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM job WHERE batch_id IS NOT NULL');
    await runner.query('ALTER TABLE job DROP COLUMN batch_id');
    await runner.query('DROP TABLE user_operation, batch_item, batch');
  }
}
