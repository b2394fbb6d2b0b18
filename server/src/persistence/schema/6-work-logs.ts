import type { MigrationInterface, QueryRunner } from 'typeorm';

// As in the first step.
const ID = 'text COLLATE "C"';
const TIME = 'timestamptz(3)';

const LOGS = `
CREATE TABLE job_log (
  id ${ID} PRIMARY KEY,
  process_instance_id ${ID},
  root_process_instance_id ${ID},
  process_definition_id ${ID},
  tenant_id text,
  batch_id ${ID},
  job_id ${ID} NOT NULL,
  event text NOT NULL,
  created_at ${TIME} NOT NULL,
  activity_instance_id ${ID},
  element_id text,
  type text NOT NULL,
  configuration text NOT NULL,
  due_date ${TIME},
  retries integer NOT NULL,
  priority double precision,
  failed_element_id text,
  message text,
  stacktrace text,
  hostname text
);
CREATE INDEX job_log_instance ON job_log (process_instance_id);
CREATE INDEX job_log_job ON job_log (job_id);
CREATE INDEX job_log_batch ON job_log (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE external_task_log (
  id ${ID} PRIMARY KEY,
  process_instance_id ${ID} NOT NULL,
  root_process_instance_id ${ID},
  process_definition_id ${ID},
  tenant_id text,
  external_task_id ${ID} NOT NULL,
  event text NOT NULL,
  created_at ${TIME} NOT NULL,
  activity_instance_id ${ID},
  element_id text,
  topic_name text NOT NULL,
  priority double precision NOT NULL,
  retries integer,
  worker_id text,
  error_message text,
  error_details text
);
CREATE INDEX external_task_log_instance ON external_task_log (process_instance_id);
CREATE INDEX external_task_log_task ON external_task_log (external_task_id);

ALTER TABLE historic_incident ADD COLUMN history_configuration ${ID};
`;

const OF_INCIDENTS = [
  'root_process_instance_id',
  'process_instance_id',
  'process_definition_id',
  'process_definition_key',
  'element_id',
  'activity_instance_id',
];
const OF_JOBS = ['process_definition_id', 'process_definition_key', 'element_id'];

/** What a batch's job has no process for was '' so far. */
function nullable(table: string, columns: readonly string[], of: string): string[] {
  const free = columns.map((column) => `ALTER COLUMN ${column} DROP NOT NULL`);
  const emptied = columns.map((column) => `${column} = nullif(${column}, '')`);
  return [`ALTER TABLE ${table} ${free.join(', ')}`, `UPDATE ${table} SET ${emptied.join(', ')} WHERE ${of}`];
}

/** The logs of jobs and external tasks; and NULL for what a job or an incident without a process doesn't have. */
export class WorkLogs1790000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LOGS);
    const statements = [
      ...nullable('job', OF_JOBS, "process_definition_id = ''"),
      ...nullable('incident', OF_INCIDENTS, "process_definition_id = ''"),
      ...nullable('historic_incident', OF_INCIDENTS, "process_definition_id = ''"),
      'ALTER TABLE user_operation ALTER COLUMN user_id DROP NOT NULL',
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE job_log, external_task_log');
    await runner.query('ALTER TABLE historic_incident DROP COLUMN history_configuration');
    await runner.query('DELETE FROM user_operation WHERE user_id IS NULL');
    await runner.query('ALTER TABLE user_operation ALTER COLUMN user_id SET NOT NULL');
    for (const [table, columns] of [
      ['job', OF_JOBS],
      ['incident', OF_INCIDENTS],
      ['historic_incident', OF_INCIDENTS],
    ] as const) {
      const filled = columns.map((column) => `${column} = coalesce(${column}, '')`);
      await runner.query(`UPDATE ${table} SET ${filled.join(', ')} WHERE process_definition_id IS NULL`);
      const bound = columns.map((column) => `ALTER COLUMN ${column} SET NOT NULL`);
      await runner.query(`ALTER TABLE ${table} ${bound.join(', ')}`);
    }
  }
}
