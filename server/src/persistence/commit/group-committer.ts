import { NotFoundError, SuspendedError } from '@millrace/engine';
import type { Committer, UnitOfWorkResult } from '../committer.js';
import { isUndone, RevisionConflict } from '../conflicts.js';
import { GuardFailed } from '../guard-failed.js';
import { InactiveVersionError } from '../inactive-version-error.js';
import { OutdatedDefinition } from '../outdated-definition.js';
import type { CommitConnections } from './commit-connections.js';
import { type CommitRefused, toRefusal } from './commit-refused.js';
import { Batch, CommitStatements } from './commit-statement.js';
import type { UnitParts } from './unit-parts.js';

/** Units of one statement: enough to share its cost, few enough that the first doesn't wait for long. */
const MAX_UNITS = 100;
/** … and as many rows, for units that write thousands each. */
const MAX_ROWS = 5_000;
/**
 * Units that must wait for each statement under way before one more is sent beside it. What a statement costs PostgreSQL
 * hardly depends on its units, so with few of them a second statement isn't worth its price …
 */
const UNITS_PER_STATEMENT = 8;
/** … unless those under way take long. In ms; a statement of ten units takes about 2. */
const MAX_HOLD = 5;

interface Waiting {
  readonly unit: UnitOfWorkResult;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: units that wait at the same time are written by one statement, which is one transaction. A unit that
 * comes when none is under way is sent at once. While one is, the units that come meanwhile gather for the next, until
 * they are worth a statement of their own beside it.
 *
 * Units under way at the same time never touch the same instance: the unit of work sees to that. So their order among
 * each other doesn't matter, and a unit that fails can be taken out of its batch without harm to the rest.
 */
export class GroupCommitter implements Committer {
  private queue: Waiting[] = [];
  private busy = 0;
  private scheduled = false;
  private held: NodeJS.Timeout | null = null;
  private onIdle: (() => void) | null = null;
  private readonly statements = new CommitStatements();

  constructor(
    private readonly connections: CommitConnections,
    private readonly parts: UnitParts,
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  commit(unit: UnitOfWorkResult): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ unit, resolve, reject });
      this.schedule();
    });
  }

  async close(): Promise<void> {
    if (this.busy > 0 || this.queue.length > 0) await new Promise<void>((done) => (this.onIdle = done));
    await this.connections.close();
  }

  /** After what else is decided in this turn of the event loop: those units go together. */
  private schedule(): void {
    if (this.scheduled || this.busy >= this.connections.count) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.canSend && this.queue.length >= this.busy * UNITS_PER_STATEMENT) this.send(this.take());
      this.holdWhatIsLeft();
    });
  }

  private get canSend(): boolean {
    return this.queue.length > 0 && this.busy < this.connections.count;
  }

  private holdWhatIsLeft(): void {
    if (!this.canSend) {
      if (this.held) clearTimeout(this.held);
      this.held = null;
      return;
    }
    this.held ??= setTimeout(() => {
      this.held = null;
      if (this.canSend) this.send(this.take());
    }, MAX_HOLD);
  }

  private take(): Waiting[] {
    let rows = 0;
    let count = 0;
    while (count < this.queue.length && count < MAX_UNITS && (count === 0 || rows < MAX_ROWS))
      rows += this.queue[count++]!.unit.changes.length;
    const taken = this.queue.slice(0, count);
    this.queue = this.queue.slice(count);
    return taken;
  }

  private send(batch: readonly Waiting[]): void {
    this.busy++;
    void this.write(batch).finally(() => {
      this.busy--;
      if (this.queue.length > 0) this.schedule();
      else if (this.busy === 0) this.onIdle?.();
    });
  }

  /** Never throws: every unit is told its own outcome. */
  private async write(batch: readonly Waiting[]): Promise<void> {
    let left = batch;
    while (left.length > 0) {
      try {
        const rows = new Batch();
        for (const { unit } of left) this.parts.addTo(rows, unit);
        await this.connections.execute(this.statements.statementFor(rows));
        for (const { resolve } of left) resolve();
        return;
      } catch (error) {
        const refusal = toRefusal(error);
        const innocent = refusal ? this.takeOut(left, refusal) : left;
        if (innocent.length === left.length) return this.writeApart(left, error);
        left = innocent;
      }
    }
  }

  /** Tells those at fault. @returns the others */
  private takeOut(batch: readonly Waiting[], refusal: CommitRefused): readonly Waiting[] {
    return batch.filter(({ unit, reject }) => {
      const error = explain(unit, refusal);
      if (error) reject(error);
      return !error;
    });
  }

  /** One bad unit fails its whole batch: halves of it find out which one it is. */
  private async writeApart(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1 || !isUndone(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.write(batch.slice(0, half));
    await this.write(batch.slice(half));
  }
}

/** What a refusal means for one unit; null when it isn't the unit's. */
function explain(unit: UnitOfWorkResult, { kind, ids }: CommitRefused): Error | null {
  const definition = [...unit.startedDefinitionIds, ...unit.calledDefinitionIds].find((id) => ids.has(id));
  switch (kind) {
    case 'revision':
      return unit.instances.some(({ id }) => ids.has(id))
        ? new RevisionConflict('An instance has changed meanwhile')
        : null;
    case 'guard': {
      const guard = unit.guards.find(({ id }) => ids.has(id));
      return guard ? new GuardFailed(guard.id) : null;
    }
    case 'definition':
      return definition === undefined
        ? null
        : new NotFoundError(`Expected process definition '${definition}' to exist, but there is none`);
    case 'suspended':
      return definition === undefined
        ? null
        : new SuspendedError(`Expected process definition '${definition}' to be active, but it is suspended`);
    case 'inactive': {
      const started = unit.startedDefinitionIds.find((id) => ids.has(id));
      return started === undefined ? null : new InactiveVersionError(started);
    }
    case 'archived': {
      const called = unit.calledDefinitionIds.find((id) => ids.has(id));
      return called === undefined ? null : new InactiveVersionError(called);
    }
    case 'latest': {
      const latest = unit.latestDefinitions.find(({ id }) => ids.has(id));
      return latest === undefined ? null : new OutdatedDefinition(latest.id);
    }
  }
}
