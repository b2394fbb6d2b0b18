import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A snapshot's row costs as little as it can, since each migrated instance writes one. The id of a batch's snapshots is
 * their migration's too, and the sweep looks at all of them anyway. Without the foreign key the snapshots of a batch don't
 * lock its row one by one.
 */
export class LightSnapshots1790000000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE migration_snapshot DROP CONSTRAINT migration_snapshot_batch_id_fkey');
    await runner.query('DROP INDEX migration_snapshot_batch');
    await runner.query('DROP INDEX migration_snapshot_created');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX migration_snapshot_created ON migration_snapshot (created_at)');
    await runner.query(
      'CREATE INDEX migration_snapshot_batch ON migration_snapshot (batch_id) WHERE batch_id IS NOT NULL',
    );
    await runner.query(
      `DELETE FROM migration_snapshot s WHERE s.batch_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = s.batch_id)`,
    );
    await runner.query(
      `ALTER TABLE migration_snapshot ADD CONSTRAINT migration_snapshot_batch_id_fkey
         FOREIGN KEY (batch_id) REFERENCES batch (id) ON DELETE CASCADE`,
    );
  }
}
