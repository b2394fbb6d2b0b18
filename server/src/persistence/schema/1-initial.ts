import type { MigrationInterface, QueryRunner } from 'typeorm';

// Ids are compared by bytes: faster than a language's collation, and independent of the cluster's locale.
const ID = 'text COLLATE "C"';
const TIME = 'timestamptz(3)';

const OF_INSTANCE = `
  id ${ID} PRIMARY KEY,
  root_process_instance_id ${ID} NOT NULL,
  process_instance_id ${ID} NOT NULL,
  process_definition_id ${ID} NOT NULL,
  process_definition_key text NOT NULL,
  tenant_id text`;

const OF_VARIABLE = `${OF_INSTANCE},
  name text NOT NULL,
  activity_instance_id ${ID} NOT NULL,
  task_id ${ID},
  type text NOT NULL,
  text_value text,
  number_value double precision,
  value_info jsonb`;

const OF_INCIDENT = `${OF_INSTANCE},
  type text NOT NULL,
  message text,
  element_id text NOT NULL,
  failed_element_id text,
  activity_instance_id ${ID} NOT NULL,
  configuration text,
  cause_incident_id ${ID} NOT NULL,
  root_cause_incident_id ${ID} NOT NULL,
  created_at ${TIME} NOT NULL,
  annotation text`;

const DEFINITIONS = `
-- Tells one installation's data from another's where they meet, as in a shared Redis. One row.
CREATE TABLE installation (id text PRIMARY KEY);
INSERT INTO installation (id) VALUES (gen_random_uuid()::text);

CREATE TABLE deployment (
  id ${ID} PRIMARY KEY,
  name text,
  source text,
  deployed_at ${TIME} NOT NULL,
  tenant_id text
);
CREATE INDEX deployment_name ON deployment (name, deployed_at);

CREATE TABLE resource (
  id ${ID} PRIMARY KEY,
  deployment_id ${ID} NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
  name text NOT NULL,
  bytes bytea NOT NULL,
  position integer NOT NULL,
  UNIQUE (deployment_id, name)
);

CREATE TABLE process_definition (
  id ${ID} PRIMARY KEY,
  key text NOT NULL,
  version integer NOT NULL,
  version_tag text,
  name text,
  category text,
  description text,
  deployment_id ${ID} NOT NULL REFERENCES deployment (id),
  resource_name text NOT NULL,
  diagram_resource_name text,
  suspended boolean NOT NULL,
  tenant_id text,
  history_time_to_live integer,
  startable_in_tasklist boolean NOT NULL,
  has_start_form boolean NOT NULL
);
CREATE UNIQUE INDEX process_definition_version ON process_definition (key, coalesce(tenant_id, ''), version);
CREATE INDEX process_definition_deployment ON process_definition (deployment_id);

CREATE TABLE decision_definition (
  id ${ID} PRIMARY KEY,
  key text NOT NULL,
  version integer NOT NULL,
  version_tag text,
  name text,
  category text,
  deployment_id ${ID} NOT NULL REFERENCES deployment (id),
  resource_name text NOT NULL,
  decision_requirements_definition_id ${ID},
  decision_requirements_definition_key text,
  history_time_to_live integer,
  tenant_id text
);
CREATE UNIQUE INDEX decision_definition_version ON decision_definition (key, coalesce(tenant_id, ''), version);
CREATE INDEX decision_definition_deployment ON decision_definition (deployment_id);

CREATE TABLE job_definition (
  id ${ID} PRIMARY KEY,
  process_definition_id ${ID} NOT NULL REFERENCES process_definition (id) ON DELETE CASCADE,
  process_definition_key text NOT NULL,
  element_id text NOT NULL,
  type text NOT NULL,
  configuration text NOT NULL,
  suspended boolean NOT NULL,
  priority double precision,
  deployment_id ${ID} NOT NULL,
  tenant_id text
);
CREATE INDEX job_definition_definition ON job_definition (process_definition_id);

CREATE TABLE call_binding (
  process_definition_id ${ID} NOT NULL REFERENCES process_definition (id) ON DELETE CASCADE,
  element_id text NOT NULL,
  kind text NOT NULL,
  target_definition_id ${ID} NOT NULL,
  PRIMARY KEY (process_definition_id, element_id, kind)
);
CREATE INDEX call_binding_target ON call_binding (target_definition_id);
`;

const RUNTIME = `
CREATE TABLE process_instance (
  id ${ID} PRIMARY KEY,
  root_process_instance_id ${ID} NOT NULL,
  super_process_instance_id ${ID},
  super_activity_instance_id ${ID},
  process_definition_id ${ID} NOT NULL,
  process_definition_key text NOT NULL,
  business_key text,
  tenant_id text,
  suspended boolean NOT NULL,
  started_at ${TIME} NOT NULL,
  revision integer NOT NULL,
  state jsonb NOT NULL
);
CREATE INDEX process_instance_root ON process_instance (root_process_instance_id);
CREATE INDEX process_instance_super ON process_instance (super_process_instance_id) WHERE super_process_instance_id IS NOT NULL;
CREATE INDEX process_instance_definition ON process_instance (process_definition_id);
CREATE INDEX process_instance_definition_key ON process_instance (process_definition_key);
CREATE INDEX process_instance_business_key ON process_instance (business_key) WHERE business_key IS NOT NULL;

CREATE TABLE variable (${OF_VARIABLE}
);
CREATE INDEX variable_instance ON variable (process_instance_id);
CREATE INDEX variable_task ON variable (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX variable_name ON variable (name);

CREATE TABLE user_task (${OF_INSTANCE},
  element_id text NOT NULL,
  activity_instance_id ${ID} NOT NULL,
  name text,
  description text,
  assignee text,
  owner text,
  priority integer NOT NULL,
  due_date ${TIME},
  follow_up_date ${TIME},
  delegation_state text,
  form_key text,
  form_ref text,
  form_ref_binding text,
  form_ref_version integer,
  created_at ${TIME} NOT NULL,
  updated_at ${TIME},
  suspended boolean NOT NULL
);
CREATE INDEX user_task_instance ON user_task (process_instance_id);
CREATE INDEX user_task_definition ON user_task (process_definition_id);
CREATE INDEX user_task_assignee ON user_task (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX user_task_created ON user_task (created_at);

CREATE TABLE identity_link (
  id ${ID} PRIMARY KEY,
  root_process_instance_id ${ID} NOT NULL,
  process_instance_id ${ID} NOT NULL,
  task_id ${ID} NOT NULL,
  type text NOT NULL,
  user_id text,
  group_id text
);
CREATE INDEX identity_link_task ON identity_link (task_id);
CREATE INDEX identity_link_instance ON identity_link (process_instance_id);
CREATE INDEX identity_link_group ON identity_link (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX identity_link_user ON identity_link (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE external_task (${OF_INSTANCE},
  element_id text NOT NULL,
  activity_instance_id ${ID} NOT NULL,
  topic_name text NOT NULL,
  business_key text,
  priority double precision NOT NULL,
  retries integer,
  error_message text,
  error_details text,
  suspended boolean NOT NULL,
  created_at ${TIME} NOT NULL,
  worker_id text,
  lock_expires_at ${TIME},
  extension_properties jsonb
);
CREATE INDEX external_task_instance ON external_task (process_instance_id);
CREATE INDEX external_task_definition ON external_task (process_definition_id);
-- fetchAndLock: by topic what isn't locked, in the order in which it is handed out.
CREATE INDEX external_task_fetch ON external_task (topic_name, priority DESC, id)
  WHERE NOT suspended AND (retries IS NULL OR retries > 0);
CREATE INDEX external_task_worker ON external_task (worker_id) WHERE worker_id IS NOT NULL;

CREATE TABLE job (
  id ${ID} PRIMARY KEY,
  root_process_instance_id ${ID},
  process_instance_id ${ID},
  activity_instance_id ${ID},
  process_definition_id ${ID} NOT NULL,
  process_definition_key text NOT NULL,
  tenant_id text,
  type text NOT NULL,
  element_id text NOT NULL,
  configuration text NOT NULL,
  due_date ${TIME},
  repeat text,
  retries integer NOT NULL,
  priority double precision NOT NULL,
  exclusive boolean NOT NULL,
  suspended boolean NOT NULL,
  created_at ${TIME} NOT NULL,
  failed_element_id text,
  exception_message text,
  exception_stacktrace text,
  lock_owner text,
  lock_expires_at ${TIME}
);
CREATE INDEX job_instance ON job (process_instance_id);
CREATE INDEX job_definition_id ON job (process_definition_id);
-- Acquisition: due at once (no date) sorts before every date.
CREATE INDEX job_due ON job (coalesce(due_date, '-infinity'), id) WHERE retries > 0 AND NOT suspended;
CREATE INDEX job_locked ON job (lock_expires_at) WHERE lock_expires_at IS NOT NULL;

CREATE TABLE event_subscription (
  id ${ID} PRIMARY KEY,
  root_process_instance_id ${ID},
  process_instance_id ${ID},
  activity_instance_id ${ID},
  process_definition_id ${ID} NOT NULL,
  process_definition_key text NOT NULL,
  tenant_id text,
  event_type text NOT NULL,
  event_name text,
  element_id text NOT NULL,
  created_at ${TIME} NOT NULL
);
CREATE INDEX event_subscription_event ON event_subscription (event_type, event_name);
CREATE INDEX event_subscription_instance ON event_subscription (process_instance_id);
CREATE INDEX event_subscription_definition ON event_subscription (process_definition_id);

CREATE TABLE incident (${OF_INCIDENT}
);
CREATE INDEX incident_instance ON incident (process_instance_id);
CREATE INDEX incident_definition ON incident (process_definition_id);
CREATE INDEX incident_configuration ON incident (configuration) WHERE configuration IS NOT NULL;
`;

const HISTORY = `
CREATE TABLE historic_process_instance (${OF_INSTANCE},
  business_key text,
  super_process_instance_id ${ID},
  started_at ${TIME} NOT NULL,
  ended_at ${TIME},
  duration_ms double precision,
  start_user_id text,
  start_activity_id text,
  end_activity_id text,
  delete_reason text,
  state text NOT NULL
);
CREATE INDEX historic_process_instance_root ON historic_process_instance (root_process_instance_id);
CREATE INDEX historic_process_instance_super ON historic_process_instance (super_process_instance_id) WHERE super_process_instance_id IS NOT NULL;
CREATE INDEX historic_process_instance_definition ON historic_process_instance (process_definition_id);
CREATE INDEX historic_process_instance_key ON historic_process_instance (process_definition_key, ended_at);
CREATE INDEX historic_process_instance_business_key ON historic_process_instance (business_key) WHERE business_key IS NOT NULL;
CREATE INDEX historic_process_instance_started ON historic_process_instance (started_at);
CREATE INDEX historic_process_instance_ended ON historic_process_instance (ended_at);

CREATE TABLE historic_activity_instance (${OF_INSTANCE},
  element_id text NOT NULL,
  element_name text,
  element_type text NOT NULL,
  parent_activity_instance_id ${ID},
  task_id ${ID},
  assignee text,
  called_process_instance_id ${ID},
  started_at ${TIME} NOT NULL,
  ended_at ${TIME},
  duration_ms double precision,
  canceled boolean NOT NULL,
  complete_scope boolean NOT NULL
);
CREATE INDEX historic_activity_instance_instance ON historic_activity_instance (process_instance_id);
CREATE INDEX historic_activity_instance_element ON historic_activity_instance (process_definition_id, element_id, ended_at);
CREATE INDEX historic_activity_instance_started ON historic_activity_instance (started_at);
CREATE INDEX historic_activity_instance_ended ON historic_activity_instance (ended_at);

CREATE TABLE historic_variable (${OF_VARIABLE},
  created_at ${TIME} NOT NULL,
  state text NOT NULL
);
CREATE INDEX historic_variable_instance ON historic_variable (process_instance_id);
CREATE INDEX historic_variable_name ON historic_variable (name);
CREATE INDEX historic_variable_task ON historic_variable (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE historic_task (${OF_INSTANCE},
  element_id text NOT NULL,
  activity_instance_id ${ID} NOT NULL,
  name text,
  description text,
  assignee text,
  owner text,
  priority integer NOT NULL,
  due_date ${TIME},
  follow_up_date ${TIME},
  started_at ${TIME} NOT NULL,
  ended_at ${TIME},
  duration_ms double precision,
  delete_reason text
);
CREATE INDEX historic_task_instance ON historic_task (process_instance_id);
CREATE INDEX historic_task_definition ON historic_task (process_definition_id);
CREATE INDEX historic_task_started ON historic_task (started_at);
CREATE INDEX historic_task_ended ON historic_task (ended_at);

CREATE TABLE historic_incident (${OF_INCIDENT},
  ended_at ${TIME},
  state text NOT NULL
);
CREATE INDEX historic_incident_instance ON historic_incident (process_instance_id);
CREATE INDEX historic_incident_definition ON historic_incident (process_definition_id);
CREATE INDEX historic_incident_started ON historic_incident (created_at);
`;

/** Deployments and definitions, running instances with what they wait for, and their history. */
export class Initial1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DEFINITIONS);
    await runner.query(RUNTIME);
    await runner.query(HISTORY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE historic_incident, historic_task, historic_variable, historic_activity_instance, historic_process_instance,
         incident, event_subscription, job, external_task, identity_link, user_task, variable, process_instance,
         call_binding, job_definition, decision_definition, process_definition, resource, deployment, installation`,
    );
  }
}
