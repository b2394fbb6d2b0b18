import { createHash } from 'node:crypto';
import type { Queryable } from '../persistence/database.js';

/** A version on trial beside the latest one of its key. */
export interface Canary {
  readonly id: string;
  /** Of the starts by key that it gets. */
  readonly percent: number;
  readonly suspended: boolean;
}

/** A row of `WITH_CANARY` as `CANARY_COLUMNS` have it. */
export interface CanaryColumns {
  readonly canaryId: string | null;
  readonly canaryPercent: number | null;
  readonly canarySuspended: boolean | null;
}

export const CANARY_COLUMNS = 'c.id AS "canaryId", k.percent AS "canaryPercent", c.suspended AS "canarySuspended"';

/** Joins the open canary of a version's key. @param alias of process_definition */
export function withCanary(alias: string): string {
  return `LEFT JOIN process_definition c ON c.key = ${alias}.key AND coalesce(c.tenant_id, '') = coalesce(${alias}.tenant_id, '')
    AND c.state = 'canary' LEFT JOIN canary k ON k.process_definition_id = c.id`;
}

export function toCanary({ canaryId, canaryPercent, canarySuspended }: CanaryColumns): Canary | null {
  if (canaryId === null) return null;
  return { id: canaryId, percent: canaryPercent ?? 0, suspended: canarySuspended ?? false };
}

/** The open canary of the key that a version belongs to. */
export async function canaryBeside(on: Queryable, definitionId: string): Promise<Canary | null> {
  const [row] = await on.query<CanaryColumns>(
    `SELECT ${CANARY_COLUMNS} FROM process_definition d ${withCanary('d')} WHERE d.id = $1`,
    [definitionId],
  );
  return row ? toCanary(row) : null;
}

/**
 * Whether a start goes to the canary. Every server decides the same without asking the others; another canary takes other
 * starts.
 * @param seed what the start is told apart by: its business key, else its instance id
 */
export function isForCanary({ id, percent, suspended }: Canary, seed: string): boolean {
  if (suspended) return false;
  const hash = createHash('sha256').update(`${id}\n${seed}`).digest().readUInt32BE(0);
  return hash * 100 < percent * 2 ** 32;
}
