import type { MigrationInterface, QueryRunner } from 'typeorm';

// As in the first step.
const ID = 'text COLLATE "C"';
const TIME = 'timestamptz(3)';

/**
 * Instances as they were before a migration. Without a foreign key to the instance, so that its end costs nothing more:
 * what is left of ended ones is swept away.
 */
export class MigrationSnapshots1790000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE migration_snapshot (
      id ${ID} PRIMARY KEY,
      migration_id ${ID} NOT NULL,
      batch_id ${ID} REFERENCES batch (id) ON DELETE CASCADE,
      process_instance_id ${ID} NOT NULL,
      source_definition_id ${ID} NOT NULL,
      target_definition_id ${ID} NOT NULL,
      user_id text,
      revision integer NOT NULL,
      created_at ${TIME} NOT NULL,
      undone_at ${TIME},
      blocked text,
      footprint jsonb NOT NULL,
      state jsonb NOT NULL,
      rows jsonb NOT NULL
    )`);
    await runner.query('CREATE INDEX migration_snapshot_migration ON migration_snapshot (migration_id)');
    await runner.query('CREATE INDEX migration_snapshot_instance ON migration_snapshot (process_instance_id)');
    await runner.query(
      'CREATE INDEX migration_snapshot_batch ON migration_snapshot (batch_id) WHERE batch_id IS NOT NULL',
    );
    await runner.query('CREATE INDEX migration_snapshot_created ON migration_snapshot (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE migration_snapshot');
  }
}
