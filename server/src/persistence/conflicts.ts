import { EngineError } from '@millrace/engine';
import { QueryFailedError } from 'typeorm';
import { isOutage } from './outage.js';
import { OutdatedDefinition } from './outdated-definition.js';

/** An instance's row wasn't at the revision that the command was decided on. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
}

// serialization_failure, deadlock_detected, unique_violation: somebody else was quicker.
const CONFLICT_CODES: ReadonlySet<unknown> = new Set(['40001', '40P01', '23505']);
// character_not_in_repertoire, untranslatable_character: U+0000, which neither text nor jsonb can hold.
const TEXT_CODES: ReadonlySet<unknown> = new Set(['22021', '22P05']);

/** Whether the same command may succeed when it's decided again on what is stored now. */
export function isConflict(error: unknown): boolean {
  return error instanceof RevisionConflict || CONFLICT_CODES.has(sqlState(error));
}

export function isUnstorableText(error: unknown): boolean {
  return TEXT_CODES.has(sqlState(error));
}

/**
 * Whether a commit that failed like this has changed nothing for certain, because of what was to be written: then parts
 * of it may succeed. Not so when the database is away, stops or is too slow: a part would fare no better, and what was
 * sent over a connection that broke may have been committed, so it must not be sent again.
 */
export function isUndone(error: unknown): boolean {
  if (error instanceof EngineError || error instanceof OutdatedDefinition) return true;
  return sqlState(error) !== undefined && !isOutage(error);
}

/** PostgreSQL's five-character code of an error; undefined for an error that isn't PostgreSQL's. */
export function sqlState(error: unknown): unknown {
  const { code, severity } = (error instanceof QueryFailedError ? error.driverError : (error ?? {})) as {
    code?: unknown;
    severity?: unknown;
  };
  return severity === undefined ? undefined : code;
}
