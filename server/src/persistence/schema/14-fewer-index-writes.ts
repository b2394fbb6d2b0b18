import type { MigrationInterface, QueryRunner } from 'typeorm';

const ENDING = ['historic_process_instance', 'historic_activity_instance', 'historic_task'];
const CALLED = ['process_instance', 'historic_process_instance'];

/**
 * Room in the pages of rows that are written again and again, so that PostgreSQL needn't touch their indexes (HOT updates),
 * and no index on the columns that a lock changes. Indexes by end know only what has ended, those by root only called
 * instances. The list of one process's tasks gets the index that it was without.
 */
export class FewerIndexWrites1790000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE process_instance SET (fillfactor = 60)');
    await runner.query('ALTER TABLE job SET (fillfactor = 60)');
    await runner.query('ALTER TABLE external_task SET (fillfactor = 60)');
    await runner.query('DROP INDEX external_task_worker');
    await runner.query('DROP INDEX job_locked');
    for (const table of ENDING) {
      await runner.query(`DROP INDEX ${table}_ended`);
      await runner.query(`CREATE INDEX ${table}_ended ON ${table} (ended_at) WHERE ended_at IS NOT NULL`);
    }
    for (const table of CALLED) {
      await runner.query(`DROP INDEX ${table}_root`);
      await runner.query(
        `CREATE INDEX ${table}_root ON ${table} (root_process_instance_id) WHERE super_process_instance_id IS NOT NULL`,
      );
    }
    await runner.query('CREATE INDEX user_task_key ON user_task (process_definition_key, created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX user_task_key');
    for (const table of ENDING) {
      await runner.query(`DROP INDEX ${table}_ended`);
      await runner.query(`CREATE INDEX ${table}_ended ON ${table} (ended_at)`);
    }
    for (const table of CALLED) {
      await runner.query(`DROP INDEX ${table}_root`);
      await runner.query(`CREATE INDEX ${table}_root ON ${table} (root_process_instance_id)`);
    }
    await runner.query('CREATE INDEX job_locked ON job (lock_expires_at) WHERE lock_expires_at IS NOT NULL');
    await runner.query('CREATE INDEX external_task_worker ON external_task (worker_id) WHERE worker_id IS NOT NULL');
    for (const table of ['process_instance', 'job', 'external_task'])
      await runner.query(`ALTER TABLE ${table} RESET (fillfactor)`);
  }
}
