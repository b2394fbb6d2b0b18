import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a restart needs to know of a finished instance, and says of the new one. */
export class Restart1790000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE historic_process_instance
      ADD COLUMN restarted_process_instance_id text COLLATE "C",
      ADD COLUMN initial_variables jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE historic_process_instance DROP COLUMN restarted_process_instance_id, DROP COLUMN initial_variables',
    );
  }
}
