import { type TypedValue, toNative, type Variables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { CANARY_COLUMNS, type Canary, type CanaryColumns, toCanary, withCanary } from '../deployment/canary.js';
import { allOf, type Condition, sql, toPositional } from '../http/condition.js';
import { variableExists } from '../http/variable-condition.js';
import { Database } from '../persistence/database.js';
import type { Correlation } from './correlation.js';

/** A subscription that a message can be delivered to. */
export interface WaitingExecution {
  readonly subscriptionId: string;
  readonly executionId: string;
  readonly processInstanceId: string;
  readonly tenantId: string | null;
}

/** A message start event of the latest version of a process. */
export interface MessageStart {
  readonly definitionId: string;
  readonly definitionKey: string;
  readonly elementId: string;
  readonly tenantId: string | null;
  readonly suspended: boolean;
  /** The version on trial that gets a share of the starts. */
  readonly canary: Canary | null;
}

/** Who waits for a message. */
@Injectable()
export class ReceiversQueries {
  constructor(private readonly database: Database) {}

  executions(message: Correlation, limit: number | null): Promise<WaitingExecution[]> {
    const { messageName, businessKey, processInstanceId, keys, localKeys } = message;
    const conditions = [
      sql`e.event_type = 'message' AND e.event_name = ${messageName} AND NOT p.suspended`,
      ...tenantCondition(message),
      ...equal(keys, sql`v.process_instance_id = p.id AND v.activity_instance_id = p.id AND v.task_id IS NULL`),
      ...equal(localKeys, sql`v.process_instance_id = p.id AND v.activity_instance_id = e.activity_instance_id`),
    ];
    const named = [
      ...(processInstanceId === null ? [] : [sql`p.id = ${processInstanceId}`]),
      ...(businessKey === null ? [] : [sql`p.business_key = ${businessKey}`]),
    ];
    const parameters: unknown[] = [];
    const where = toPositional(allOf([...named, ...conditions]), parameters);
    // Thousands may wait for the same message, each with a business key of its own: begin at the one that is meant.
    const subscriptions =
      named.length === 0
        ? 'event_subscription e ON e.process_instance_id = p.id'
        : 'LATERAL (SELECT * FROM event_subscription WHERE process_instance_id = p.id OFFSET 0) e ON true';
    return this.database.query<WaitingExecution>(
      `SELECT e.id AS "subscriptionId", e.activity_instance_id AS "executionId", p.id AS "processInstanceId",
         p.tenant_id AS "tenantId"
       FROM process_instance p JOIN ${subscriptions}
       WHERE ${where} ORDER BY e.id LIMIT $${parameters.push(limit)}`,
      parameters,
    );
  }

  async starts(message: Correlation): Promise<MessageStart[]> {
    const conditions = [
      sql`e.event_type = 'message' AND e.event_name = ${message.messageName} AND e.process_instance_id IS NULL`,
      ...tenantCondition(message),
    ];
    const parameters: unknown[] = [];
    const where = toPositional(allOf(conditions), parameters);
    const rows = await this.database.query<Omit<MessageStart, 'canary'> & CanaryColumns>(
      `SELECT d.id AS "definitionId", d.key AS "definitionKey", e.element_id AS "elementId", d.tenant_id AS "tenantId",
         d.suspended, ${CANARY_COLUMNS}
       FROM event_subscription e JOIN process_definition d ON d.id = e.process_definition_id ${withCanary('d')}
       WHERE ${where} ORDER BY e.id`,
      parameters,
    );
    return rows.map(({ canaryId, canaryPercent, canarySuspended, ...start }) => ({
      ...start,
      canary: toCanary({ canaryId, canaryPercent, canarySuspended }),
    }));
  }
}

function tenantCondition({ tenantId }: Correlation): Condition[] {
  if (tenantId === undefined) return [];
  return [tenantId === null ? sql`e.tenant_id IS NULL` : sql`e.tenant_id = ${tenantId}`];
}

function equal(keys: Variables, place: Condition): Condition[] {
  return Object.entries(keys).map(([name, typed]) =>
    variableExists(place, { name, operator: 'eq', value: comparable(typed) }),
  );
}

function comparable(typed: TypedValue): unknown {
  const native = toNative(typed);
  if (native instanceof Date) return native.toISOString();
  return typeof native === 'bigint' ? Number(native) : native;
}
