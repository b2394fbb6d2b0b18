import { InvalidCommandError } from '@millrace/engine';
import type { CommitEvents } from '../persistence/commit-events.js';
import type { Database } from '../persistence/database.js';
import { announceStartTimers } from '../persistence/start-timers.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { isGone } from './definition-deletion.js';

export interface SuspensionOptions {
  /** False activates. */
  readonly suspended: boolean;
  readonly includeProcessInstances: boolean;
  /** Null: now. */
  readonly executionDate: Date | null;
}

/** Suspends definitions: no new instances, and on request no work on the running ones. */
export class DefinitionSuspension {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: CommitEvents,
  ) {}

  /**
   * Instances are suspended one by one; when one fails, those before it stay suspended and the call can be repeated.
   * @throws InvalidCommandError for a date
   */
  async set(
    ids: readonly string[],
    { suspended, includeProcessInstances, executionDate }: SuspensionOptions,
  ): Promise<void> {
    if (executionDate)
      throw new InvalidCommandError(
        'Expected no executionDate: suspending a definition at a later time is not supported',
      );
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE process_definition SET suspended = $2 WHERE id = ANY($1)', [ids, suspended]);
      await tx.query('UPDATE job_definition SET suspended = $2 WHERE process_definition_id = ANY($1)', [
        ids,
        suspended,
      ]);
      await tx.query(
        'UPDATE job SET suspended = $2 WHERE process_instance_id IS NULL AND process_definition_id = ANY($1)',
        [ids, suspended],
      );
    });
    if (!suspended) await announceStartTimers(this.database, this.events, ids);
    if (!includeProcessInstances) return;
    const instances = await this.database.query<{ id: string }>(
      'SELECT id FROM process_instance WHERE process_definition_id = ANY($1) AND suspended <> $2 ORDER BY id',
      [ids, suspended],
    );
    for (const { id } of instances) await this.unitOfWork.run(id, { kind: 'setSuspended', suspended }).catch(isGone);
  }
}
