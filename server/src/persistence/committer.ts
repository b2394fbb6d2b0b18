import type { Change, Footprint, InstanceState } from '@millrace/engine';

/** An instance before and after a unit of work. */
export interface TouchedInstance {
  readonly id: string;
  /** As it was loaded; null for one that is new. */
  readonly before: InstanceState | null;
  /** Null for one that has ended. */
  readonly after: InstanceState | null;
}

/** A lock in a row that must still be held when the unit is committed. */
export type Guard =
  /** An external task that the worker holds. */
  | { readonly kind: 'externalTask'; readonly id: string; readonly holder: string }
  /** A job that the server holds. */
  | { readonly kind: 'job'; readonly id: string; readonly holder: string }
  /** … where no instance's revision keeps two servers from running it; null for one that nobody holds. */
  | { readonly kind: 'startJob'; readonly id: string; readonly holder: string | null };

/** An instance that migrates, as it was before: kept so that the migration can be undone. */
export interface MigrationSnapshot {
  readonly id: string;
  readonly migrationId: string;
  readonly batchId: string | null;
  readonly userId: string | null;
  readonly before: InstanceState;
  readonly targetDefinitionId: string;
  /** Null unless something makes it impossible to undo. */
  readonly blocked: string | null;
  readonly footprint: Footprint;
}

/** A definition that is started because its key was named. */
export interface LatestDefinition {
  /** The newest active version, or the canary beside it. */
  readonly id: string;
  /** The canary that was known of. */
  readonly canaryId: string | null;
}

/** All that one command and its follow-ups decided: it becomes durable as a whole or not at all. */
export interface UnitOfWorkResult {
  readonly instances: readonly TouchedInstance[];
  /** At most one per row. */
  readonly changes: readonly Change[];
  /** Definitions of which instances were started from outside; they must be active and not suspended. */
  readonly startedDefinitionIds: readonly string[];
  /** Definitions that running instances called; they must exist, not be archived and not suspended. */
  readonly calledDefinitionIds: readonly string[];
  /** Definitions that must be what their key means. */
  readonly latestDefinitions: readonly LatestDefinition[];
  readonly guards: readonly Guard[];
  /** Of instances that nothing else of this unit concerns. */
  readonly snapshots?: readonly MigrationSnapshot[];
}

/** Makes units of work durable. When `commit` returns, the unit survives everything the database survives. */
export interface Committer {
  /** Units that wait for their commit. */
  readonly waiting: number;
  /**
   * @throws RevisionConflict (or a database error for which `isConflict` holds) when somebody else was quicker;
   * GuardFailed; SuspendedError, InactiveVersionError, NotFoundError and OutdatedDefinition about the started definitions
   */
  commit(unit: UnitOfWorkResult): Promise<void>;
  /** Ends when every unit that was given is committed. */
  close(): Promise<void>;
}
