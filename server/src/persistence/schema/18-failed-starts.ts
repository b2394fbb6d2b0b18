import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Starts that failed on a canary leave no instance that an incident could belong to. */
export class FailedStarts1790000000018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE canary ADD COLUMN failed_starts integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE canary DROP COLUMN failed_starts');
  }
}
