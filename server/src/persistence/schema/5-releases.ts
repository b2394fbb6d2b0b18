import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions that take no new instances, and what every definition calls, for asking who calls whom. */
export class Releases1790000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE process_definition
         ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'draining', 'archived')),
         ADD COLUMN state_since timestamptz(3),
         -- What it calls is in call_reference. Read from the model when somebody asks for the first time.
         ADD COLUMN calls_known boolean NOT NULL DEFAULT false;
       CREATE INDEX process_definition_calls_unknown ON process_definition (id) WHERE NOT calls_known;
       CREATE INDEX process_definition_draining ON process_definition (id) WHERE state = 'draining';
       CREATE TABLE call_reference (
         process_definition_id text COLLATE "C" NOT NULL REFERENCES process_definition (id) ON DELETE CASCADE,
         element_id text NOT NULL,
         kind text NOT NULL,
         -- Null where an expression computes it.
         target_key text,
         binding text NOT NULL,
         target_version integer,
         target_tag text,
         PRIMARY KEY (process_definition_id, element_id, kind)
       );
       CREATE INDEX call_reference_target ON call_reference (kind, target_key);`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE call_reference;
       ALTER TABLE process_definition DROP COLUMN state, DROP COLUMN state_since, DROP COLUMN calls_known;`,
    );
  }
}
