import type { Change, InstanceState } from '@millrace/engine';
import type { Transaction } from './database.js';

/** An instance before and after a unit of work. */
export interface TouchedInstance {
  readonly id: string;
  /** As it was loaded; null for one that is new. */
  readonly before: InstanceState | null;
  /** Null for one that has ended. */
  readonly after: InstanceState | null;
}

/** All that one command and its follow-ups decided: it becomes durable as a whole or not at all. */
export interface UnitOfWorkResult {
  readonly instances: readonly TouchedInstance[];
  readonly changes: readonly Change[];
  /** Definitions of which instances were started; they must exist and not be suspended. */
  readonly startedDefinitionIds: readonly string[];
  readonly within: ((tx: Transaction) => Promise<void>) | undefined;
}

/** Makes units of work durable. When `commit` returns, the unit survives everything the database survives. */
export interface Committer {
  /**
   * @throws RevisionConflict (or a database error for which `isConflict` holds) when somebody else was quicker;
   * SuspendedError and NotFoundError about the started definitions; whatever `within` throws
   */
  commit(unit: UnitOfWorkResult): Promise<void>;
}
