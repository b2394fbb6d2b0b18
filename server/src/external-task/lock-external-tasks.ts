import type { Queryable } from '../persistence/database.js';
import { isAllowed, isPinnedTo } from '../worker/worker-version-pins.js';

/** What one client asks for. */
export interface FetchRequest {
  readonly workerId: string;
  /** Pinned ranges in which its version lies; it gets what is pinned to them, and what isn't pinned. */
  readonly allowedRanges: readonly string[];
  /** It gets nothing else than that. */
  readonly onlyPinned: boolean;
  readonly maxTasks: number;
  /** Order by creation instead of by priority. */
  readonly createTimeOrder: 'asc' | 'desc' | null;
  readonly topics: readonly FetchTopic[];
}

export interface FetchTopic {
  readonly topicName: string;
  readonly lockDurationMs: number;
  /** Names of the variables to hand over; null for all. */
  readonly variables: readonly string[] | null;
  readonly localVariables: boolean;
  readonly deserializeValues: boolean;
  readonly includeExtensionProperties: boolean;
  readonly filter: TopicFilter;
}

/** Which tasks of the topic are wanted; an absent member restricts nothing. */
export interface TopicFilter {
  readonly businessKey?: string;
  readonly processDefinitionIds?: readonly string[];
  readonly processDefinitionKeys?: readonly string[];
  readonly versionTag?: string;
  readonly withoutTenantId?: boolean;
  readonly tenantIds?: readonly string[];
  /** The process instance's own variables that must have exactly these values. */
  readonly processVariables?: Readonly<Record<string, string | number | boolean | null>>;
}

/** A task that was just locked. */
export interface LockedTask {
  readonly id: string;
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly versionTag: string | null;
  readonly tenantId: string | null;
  readonly elementId: string;
  readonly activityInstanceId: string;
  readonly topicName: string;
  readonly businessKey: string | null;
  readonly priority: number;
  readonly retries: number | null;
  readonly errorMessage: string | null;
  readonly errorDetails: string | null;
  readonly suspended: boolean;
  readonly createdAt: Date;
  readonly workerId: string;
  readonly lockExpiresAt: Date;
  readonly extensionProperties: Readonly<Record<string, string>> | null;
}

/** Of table `t`: somebody may work on the task, whether or not it is locked. Matches the index of the fetch. */
export const WORKABLE = 'NOT t.suspended AND (t.retries IS NULL OR t.retries > 0)';

/**
 * Locks the next tasks for a worker in one statement. Rows that another transaction holds are passed over, so that
 * two fetches never wait for each other and never get the same task. Of several topics each is looked at for as many as
 * are wanted in all; those that are too many are free again with the statement's end.
 *
 * Always ordered by priority: that is what most clients ask for, the others leave the order open, and one index
 * serves both.
 */
export async function lockExternalTasks(database: Queryable, request: FetchRequest, now: Date): Promise<LockedTask[]> {
  if (request.maxTasks === 0 || request.topics.length === 0) return [];
  const values: unknown[] = [];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const time = `${put(now)}::timestamptz`;
  const worker = put(request.workerId);
  const expiry = request.topics.map(
    ({ topicName, lockDurationMs }) =>
      `WHEN ${put(topicName)} THEN ${put(new Date(now.getTime() + lockDurationMs))}::timestamptz`,
  );
  const order = request.createTimeOrder ? `t.created_at ${request.createTimeOrder}, t.id` : 't.priority DESC, t.id';
  const most = put(request.maxTasks);
  const ranges = `${put(request.allowedRanges)}::text[]`;
  // Topic by topic, because the index of the fetch is in order only within one.
  const free = request.topics.map(
    (topic) =>
      `SELECT * FROM (SELECT t.id, t.priority, t.created_at FROM external_task t
         WHERE ${WORKABLE} AND (t.lock_expires_at IS NULL OR t.lock_expires_at <= ${time})
           AND ${wanted(topic, put)} AND ${request.onlyPinned ? isPinnedTo(ranges, put(topic.topicName)) : isAllowed(ranges)}
         ORDER BY ${order} LIMIT ${most} FOR UPDATE SKIP LOCKED) locked`,
  );
  const tasks = await database.query<LockedTask>(
    `WITH next AS (SELECT t.id FROM (${free.join(' UNION ALL ')}) t ORDER BY ${order} LIMIT ${most})
     UPDATE external_task t
     SET worker_id = ${worker}, lock_expires_at = CASE t.topic_name ${expiry.join(' ')} END
     FROM next, process_definition d
     WHERE t.id = next.id AND d.id = t.process_definition_id
     RETURNING t.id, t.process_instance_id AS "processInstanceId", t.process_definition_id AS "processDefinitionId",
       t.process_definition_key AS "processDefinitionKey", d.version_tag AS "versionTag", t.tenant_id AS "tenantId",
       t.element_id AS "elementId", t.activity_instance_id AS "activityInstanceId", t.topic_name AS "topicName",
       t.business_key AS "businessKey", t.priority, t.retries, t.error_message AS "errorMessage",
       t.error_details AS "errorDetails", t.suspended, t.created_at AS "createdAt", t.worker_id AS "workerId",
       t.lock_expires_at AS "lockExpiresAt", t.extension_properties AS "extensionProperties"`,
    values,
  );
  return tasks.sort(comparison(request.createTimeOrder)); // RETURNING keeps no order
}

/** Takes locks back that nobody has been told of. A task that got another lock meanwhile keeps it. */
export async function releaseLocks(database: Queryable, tasks: readonly LockedTask[]): Promise<void> {
  await database.query(
    `UPDATE external_task t SET worker_id = NULL, lock_expires_at = NULL
     FROM unnest($1::text[], $2::timestamptz[]) AS held(id, lock_expires_at)
     WHERE t.id = held.id AND t.worker_id = $3 AND t.lock_expires_at = held.lock_expires_at`,
    [tasks.map(({ id }) => id), tasks.map(({ lockExpiresAt }) => lockExpiresAt.toISOString()), tasks[0]?.workerId],
  );
}

function wanted({ topicName, filter }: FetchTopic, put: (value: unknown) => string): string {
  const parts = [`t.topic_name = ${put(topicName)}`];
  if (filter.businessKey !== undefined) parts.push(`t.business_key = ${put(filter.businessKey)}`);
  if (filter.processDefinitionIds) parts.push(`t.process_definition_id = ANY(${put(filter.processDefinitionIds)})`);
  if (filter.processDefinitionKeys) parts.push(`t.process_definition_key = ANY(${put(filter.processDefinitionKeys)})`);
  if (filter.tenantIds) parts.push(`t.tenant_id = ANY(${put(filter.tenantIds)})`);
  if (filter.withoutTenantId) parts.push('t.tenant_id IS NULL');
  if (filter.versionTag !== undefined)
    parts.push(
      `EXISTS (SELECT 1 FROM process_definition p WHERE p.id = t.process_definition_id AND p.version_tag = ${put(filter.versionTag)})`,
    );
  for (const [name, value] of Object.entries(filter.processVariables ?? {}))
    parts.push(
      `EXISTS (SELECT 1 FROM variable v WHERE v.process_instance_id = t.process_instance_id
         AND v.activity_instance_id = t.process_instance_id AND v.task_id IS NULL
         AND v.name = ${put(name)} AND ${holds(value, put)})`,
    );
  return `(${parts.join(' AND ')})`;
}

function holds(value: string | number | boolean | null, put: (value: unknown) => string): string {
  if (value === null) return "v.type = 'Null'";
  if (typeof value === 'string') return `v.type = 'String' AND v.text_value = ${put(value)}`;
  if (typeof value === 'boolean') return `v.type = 'Boolean' AND v.number_value = ${put(value ? 1 : 0)}`;
  return `v.type IN ('Short', 'Integer', 'Long', 'Double') AND v.number_value = ${put(value)}`;
}

function comparison(createTimeOrder: FetchRequest['createTimeOrder']): (a: LockedTask, b: LockedTask) => number {
  const byId = (a: LockedTask, b: LockedTask) => (a.id < b.id ? -1 : 1);
  if (createTimeOrder === null) return (a, b) => b.priority - a.priority || byId(a, b);
  const sign = createTimeOrder === 'asc' ? 1 : -1;
  return (a, b) => sign * (a.createdAt.getTime() - b.createdAt.getTime()) || byId(a, b);
}
