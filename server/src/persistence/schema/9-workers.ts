import type { MigrationInterface, QueryRunner } from 'typeorm';

// As in the first step.
const ID = 'text COLLATE "C"';
const TIME = 'timestamptz(3)';

/**
 * Workers that come over REST, and which versions of workers the tasks of a deployment are for; the index finds the
 * incidents that a task or job has had.
 */
export class Workers1790000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE worker (
        id ${ID} PRIMARY KEY,
        version text,
        build text,
        topics jsonb NOT NULL,
        started_at ${TIME} NOT NULL,
        seen_at ${TIME} NOT NULL,
        live_until ${TIME} NOT NULL,
        announced_until ${TIME}
      );
      CREATE INDEX worker_live ON worker (live_until);
      CREATE TABLE worker_version_pin (
        topic_name text NOT NULL,
        deployment_id ${ID} NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
        version_range text NOT NULL,
        PRIMARY KEY (topic_name, deployment_id)
      );
      CREATE INDEX worker_version_pin_deployment ON worker_version_pin (deployment_id);
      CREATE INDEX historic_incident_configuration ON historic_incident (configuration) WHERE configuration IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX historic_incident_configuration');
    await runner.query('DROP TABLE worker_version_pin, worker');
  }
}
