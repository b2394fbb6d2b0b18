import type { MigrationInterface, QueryRunner } from 'typeorm';

// As in the first step.
const ID = 'text COLLATE "C"';
const TIME = 'timestamptz(3)';

/** New versions that get a share of the starts and are watched. The unique index allows one of them for a key. */
export class Canaries1790000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE process_definition DROP CONSTRAINT process_definition_state_check,
        ADD CONSTRAINT process_definition_state_check CHECK (state IN ('active', 'canary', 'draining', 'archived'));
      CREATE UNIQUE INDEX process_definition_canary ON process_definition (key, coalesce(tenant_id, ''))
        WHERE state = 'canary';
      CREATE TABLE canary (
        process_definition_id ${ID} PRIMARY KEY REFERENCES process_definition (id) ON DELETE CASCADE,
        percent integer NOT NULL CHECK (percent BETWEEN 1 AND 99),
        max_incidents integer NOT NULL,
        max_incident_percent integer,
        promote_after_instances integer,
        promote_at ${TIME},
        started_at ${TIME} NOT NULL,
        ended_at ${TIME},
        -- Null while it's open.
        outcome text CHECK (outcome IN ('promoted', 'stopped', 'superseded')),
        reason text,
        CHECK ((ended_at IS NULL) = (outcome IS NULL))
      );
      CREATE INDEX canary_open ON canary (process_definition_id) WHERE ended_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE canary;
      DROP INDEX process_definition_canary;
      UPDATE process_definition SET state = 'draining' WHERE state = 'canary';
      ALTER TABLE process_definition DROP CONSTRAINT process_definition_state_check,
        ADD CONSTRAINT process_definition_state_check CHECK (state IN ('active', 'draining', 'archived'))`);
  }
}
