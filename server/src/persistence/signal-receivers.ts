import type { FollowUp, InstanceState, ThrownSignal } from '@millrace/engine';
import type { Queryable } from './database.js';
import type { Family } from './family.js';
import { newId } from './uuid-v7.js';

export interface Signal extends ThrownSignal {
  /** Whose receivers hear it, null for those without a tenant; everybody's when it isn't given. */
  readonly tenantIds?: readonly (string | null)[];
}

interface SubscriptionRow {
  readonly id: string;
  /** Null for a start event. */
  readonly instanceId: string | null;
  readonly root: string | null;
  readonly definitionId: string;
  readonly elementId: string;
  readonly tenantId: string | null;
}

const ACTIVE = `
SELECT e.id, e.process_instance_id AS "instanceId", e.root_process_instance_id AS root,
  e.process_definition_id AS "definitionId", e.element_id AS "elementId", e.tenant_id AS "tenantId"
FROM event_subscription e
  LEFT JOIN process_instance p ON p.id = e.process_instance_id
  LEFT JOIN process_definition d ON d.id = e.process_definition_id AND e.process_instance_id IS NULL
WHERE e.event_type = 'signal' AND e.event_name = $1 AND NOT coalesce(p.suspended, d.suspended, false)
ORDER BY e.id`;

/**
 * Who hears a signal: instances that wait for it, and processes that start by it, as far as they aren't suspended.
 * @param family what this unit of work has changed already counts as it is now, not as it is stored
 * @param throwerId the instance that throws the signal has heard it already
 * @returns commands for them, and the roots of the instances that are stored
 */
export async function findSignalReceivers(
  on: Queryable,
  { name, variables, businessKey, tenantIds }: Signal,
  family: Family,
  throwerId: string | null,
): Promise<{ readonly commands: FollowUp[]; readonly roots: readonly string[] }> {
  const isMeant = (tenantId: string | null) => tenantIds?.includes(tenantId) ?? true;
  const rows = (await on.query<SubscriptionRow>(ACTIVE, [name])).filter(({ tenantId }) => isMeant(tenantId));
  const stored = rows.filter(
    ({ instanceId }) => instanceId !== null && instanceId !== throwerId && !family.hasChanged(instanceId),
  );
  const starts = rows.filter(({ instanceId }) => instanceId === null);
  const changed = family.touched().flatMap(({ id, after }) => {
    if (!after || id === throwerId || after.suspended || !isMeant(after.tenantId)) return [];
    return subscriptionsOf(after, name).map((subscriptionId) => ({ instanceId: id, subscriptionId }));
  });
  const waiting = [
    ...stored.map(({ id, instanceId }) => ({ instanceId: instanceId ?? '', subscriptionId: id })),
    ...changed,
  ];
  return {
    commands: [
      ...waiting.map(
        ({ instanceId, subscriptionId }): FollowUp => ({
          instanceId,
          command: { kind: 'deliverSignal', subscriptionId, variables },
        }),
      ),
      ...starts.map(
        ({ definitionId, tenantId, elementId }): FollowUp => ({
          instanceId: newId(),
          command: {
            kind: 'start',
            definitionId,
            businessKey: businessKey ?? null,
            tenantId,
            startElementId: elementId,
            variables,
          },
        }),
      ),
    ],
    roots: stored.map(({ root, instanceId }) => root ?? instanceId ?? ''),
  };
}

function subscriptionsOf(state: InstanceState, name: string): string[] {
  return [...state.nodes.values()].flatMap(({ subscriptions = [] }) =>
    subscriptions
      .filter(({ eventType, eventName }) => eventType === 'signal' && eventName === name)
      .map(({ id }) => id),
  );
}

/** Whether an instance still has a subscription. */
export function isSubscribed(state: InstanceState | null, subscriptionId: string): boolean {
  return [...(state?.nodes.values() ?? [])].some(({ subscriptions }) =>
    subscriptions?.some(({ id }) => id === subscriptionId),
  );
}
