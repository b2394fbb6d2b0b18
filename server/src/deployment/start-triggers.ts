import {
  type EvaluationContext,
  type EventType,
  InvalidCommandError,
  type ProcessModel,
  resolveTimer,
} from '@millrace/engine';
import type { Queryable } from '../persistence/database.js';
import type { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { recordJobs } from '../persistence/job-log.js';
import { newId } from '../persistence/uuid-v7.js';

const DEFAULT_RETRIES = 3;

/**
 * Lets a definition wait for the messages, signals, conditions and times that start it, and the other versions of its key no longer.
 * @throws InvalidCommandError when another process waits for the same message; EvaluationError for a bad timer
 */
export async function armStartTriggers(
  on: Queryable,
  definition: ProcessDefinitionEntity,
  model: ProcessModel,
  now: Date,
): Promise<void> {
  await disarmStartTriggers(on, definition.key, definition.tenantId);
  const context = outsideOf(definition, now);
  for (const trigger of model.startTriggers) {
    if (trigger.kind === 'message') {
      const name = String(trigger.messageName.evaluate(context) ?? '');
      await refuseSecond(on, definition, trigger.elementId, name);
      await subscribe(on, definition, trigger.elementId, 'message', name, now);
    } else if (trigger.kind === 'signal') {
      const name = String(trigger.signalName.evaluate(context) ?? '');
      await subscribe(on, definition, trigger.elementId, 'signal', name, now);
    } else if (trigger.kind === 'conditional') {
      await subscribe(on, definition, trigger.elementId, 'conditional', null, now);
    } else if (trigger.kind === 'timer') {
      const { due, cycle } = resolveTimer(trigger.timer.kind, trigger.timer.expression.evaluate(context), now);
      await schedule(on, definition, model, trigger.elementId, due, cycle ?? null, now);
    }
  }
}

/** No version of the key is started by events any more. */
export async function disarmStartTriggers(on: Queryable, key: string, tenantId: string | null): Promise<void> {
  const jobs = await on.query<{ id: string }>(
    `SELECT id FROM job WHERE process_instance_id IS NULL AND process_definition_key = $1
       AND tenant_id IS NOT DISTINCT FROM $2 AND type = 'timer-start-event'`,
    [key, tenantId],
  );
  await recordJobs(
    on,
    jobs.map(({ id }) => id),
    'deleted',
  );
  await on.query('DELETE FROM job WHERE id = ANY($1)', [jobs.map(({ id }) => id)]);
  await on.query(
    `DELETE FROM event_subscription
     WHERE process_instance_id IS NULL AND process_definition_key = $1 AND tenant_id IS NOT DISTINCT FROM $2`,
    [key, tenantId],
  );
}

/** A message is for one receiver, so only one process can start by it. */
async function refuseSecond(
  on: Queryable,
  { key, tenantId }: ProcessDefinitionEntity,
  elementId: string,
  name: string,
): Promise<void> {
  const [other] = await on.query<{ key: string }>(
    `SELECT process_definition_key AS key FROM event_subscription
     WHERE process_instance_id IS NULL AND event_type = 'message' AND event_name = $1 AND tenant_id IS NOT DISTINCT FROM $2`,
    [name, tenantId],
  );
  if (other)
    throw new InvalidCommandError(
      `Expected only one start event for the message '${name}', but process '${other.key}' has one, so '${key}' can't be deployed`,
      { elementId, messageName: name },
    );
}

async function subscribe(
  on: Queryable,
  { id, key, tenantId }: ProcessDefinitionEntity,
  elementId: string,
  eventType: EventType,
  eventName: string | null,
  now: Date,
): Promise<void> {
  await on.query(
    `INSERT INTO event_subscription (id, process_definition_id, process_definition_key, tenant_id, event_type, event_name, element_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [newId(), id, key, tenantId, eventType, eventName, elementId, now],
  );
}

async function schedule(
  on: Queryable,
  definition: ProcessDefinitionEntity,
  model: ProcessModel,
  elementId: string,
  due: Date,
  cycle: string | null,
  now: Date,
) {
  const type = 'timer-start-event';
  const configuration =
    model.jobDefinitions.find((job) => job.elementId === elementId && job.type === type)?.configuration ?? '';
  const { id, key, tenantId, suspended } = definition;
  const jobId = newId();
  await on.query(
    `INSERT INTO job (id, process_definition_id, process_definition_key, tenant_id, type, element_id, configuration,
       due_date, repeat, retries, priority, exclusive, suspended, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, true, $11, $12)`,
    [jobId, id, key, tenantId, type, elementId, configuration, due, cycle, DEFAULT_RETRIES, suspended, now],
  );
  await recordJobs(on, [jobId], 'created');
}

/** What an expression sees where no instance exists yet: the time, and no variables. */
function outsideOf(definition: ProcessDefinitionEntity, now: Date): EvaluationContext {
  const refuse = () => {
    throw new InvalidCommandError(`Expected the start events of '${definition.key}' to need no variables`);
  };
  return {
    now,
    userId: null,
    runScript: refuse,
    variables: {
      get: () => undefined,
      names: () => [],
      getLocal: () => undefined,
      localNames: () => [],
      set: refuse,
      setLocal: refuse,
      remove: refuse,
      removeLocal: refuse,
    },
    execution: {
      id: '',
      processInstanceId: '',
      rootProcessInstanceId: '',
      processDefinitionId: definition.id,
      processDefinitionKey: definition.key,
      businessKey: null,
      activityInstanceId: '',
      currentActivityId: null,
      currentActivityName: null,
      currentTransitionId: null,
      eventName: null,
      tenantId: definition.tenantId,
      superExecutionId: null,
      setBusinessKey: refuse,
    },
  };
}
