import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Room in the pages of rows that are written again and again, so that PostgreSQL needn't touch their indexes (HOT updates),
 * and no index on the columns that a lock changes. The list of one process's tasks gets the index that it was without.
 */
export class FewerIndexWrites1790000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE process_instance SET (fillfactor = 60)');
    await runner.query('ALTER TABLE job SET (fillfactor = 60)');
    await runner.query('ALTER TABLE external_task SET (fillfactor = 60)');
    await runner.query('DROP INDEX external_task_worker');
    await runner.query('DROP INDEX job_locked');
    await runner.query('CREATE INDEX user_task_key ON user_task (process_definition_key, created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX user_task_key');
    await runner.query('CREATE INDEX job_locked ON job (lock_expires_at) WHERE lock_expires_at IS NOT NULL');
    await runner.query('CREATE INDEX external_task_worker ON external_task (worker_id) WHERE worker_id IS NOT NULL');
    for (const table of ['process_instance', 'job', 'external_task'])
      await runner.query(`ALTER TABLE ${table} RESET (fillfactor)`);
  }
}
