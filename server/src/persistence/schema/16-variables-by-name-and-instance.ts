import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Instances are filtered by a variable's value one by one: whether this instance has such a variable. By the name alone
 * PostgreSQL might read all variables of that name for each of them.
 */
export class VariablesByNameAndInstance1790000000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX variable_name');
    await runner.query('CREATE INDEX variable_name ON variable (name, process_instance_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX variable_name');
    await runner.query('CREATE INDEX variable_name ON variable (name)');
  }
}
