import type { MigrationInterface, QueryRunner } from 'typeorm';

// As in the first step.
const ID = 'text COLLATE "C"';

const TABLES = { variable: 'process_instance', historic_variable: 'historic_process_instance' };

/**
 * Variables are the most rows. What their process instance's row says isn't repeated in each: they get smaller, and a
 * migration has nothing to change in them.
 */
export class NarrowVariables1790000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(TABLES))
      await runner.query(
        `ALTER TABLE ${table}
           DROP COLUMN root_process_instance_id, DROP COLUMN process_definition_id, DROP COLUMN process_definition_key`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, instances] of Object.entries(TABLES)) {
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN root_process_instance_id ${ID}, ADD COLUMN process_definition_id ${ID},
           ADD COLUMN process_definition_key text`,
      );
      await runner.query(
        `UPDATE ${table} v SET root_process_instance_id = i.root_process_instance_id,
           process_definition_id = i.process_definition_id, process_definition_key = i.process_definition_key
         FROM ${instances} i WHERE i.id = v.process_instance_id`,
      );
      await runner.query(
        `ALTER TABLE ${table} ALTER COLUMN root_process_instance_id SET NOT NULL,
           ALTER COLUMN process_definition_id SET NOT NULL, ALTER COLUMN process_definition_key SET NOT NULL`,
      );
    }
  }
}
