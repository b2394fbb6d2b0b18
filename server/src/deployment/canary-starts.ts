import { EvaluationError, ExecutionError, InvalidCommandError, type ProcessModel } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CommitEvents } from '../persistence/commit-events.js';
import { Database } from '../persistence/database.js';
import { type Canary, canaryBeside, isForCanary } from './canary.js';
import { DefinitionCache } from './definition-cache.js';

/** How a model fails when it's started. */
const FAILURES = [EvaluationError, ExecutionError, InvalidCommandError] as const;

/** A start by an event that the latest version of a process waits for. */
export interface EventStart {
  readonly definitionId: string;
  readonly startElementId: string;
}

/**
 * Sends a share of the starts by messages and timers to the canary: to its start event for the same. What only the canary
 * would hear isn't heard before it's promoted.
 */
@Injectable()
export class CanaryStarts {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
    private readonly events: CommitEvents,
    private readonly logger: Logger,
  ) {}

  canaryBeside(definitionId: string): Promise<Canary | null> {
    return canaryBeside(this.database, definitionId);
  }

  /** @param seed as `isForCanary` has it */
  async choose(start: EventStart, canary: Canary | null, seed: string): Promise<EventStart> {
    if (!canary || canary.id === start.definitionId || !isForCanary(canary, seed)) return start;
    const [latest, trial] = [await this.definitions.model(start.definitionId), await this.definitions.model(canary.id)];
    const startElementId = counterpart(latest, start.startElementId, trial);
    return startElementId === null ? start : { definitionId: canary.id, startElementId };
  }

  /**
   * Starts what was chosen. Where the canary's model fails at once, nothing is there that an incident could tell of: the
   * latest version takes its place, nobody notices, and the failure is counted against the canary. Not so when the latest
   * version fails as well: then it's the start's own fault.
   * @param start is called again with the latest version when it fails @throws as `start`
   */
  async startChosen<S extends { readonly definitionId: string }, T>(
    chosen: S,
    latest: S,
    start: (at: S) => Promise<T>,
  ): Promise<T> {
    try {
      return await start(chosen);
    } catch (error) {
      if (chosen.definitionId === latest.definitionId || !FAILURES.some((failure) => error instanceof failure))
        throw error;
      const started = await start(latest);
      await this.countFailure(chosen.definitionId, error);
      return started;
    }
  }

  /** Never throws: what has begun is answered, whatever becomes of the count. Only the log tells why the canary failed. */
  private async countFailure(definitionId: string, reason: unknown): Promise<void> {
    this.logger.warn({ definitionId, err: reason }, 'a start failed on a canary, the latest version has taken it');
    try {
      await this.database.query(
        'UPDATE canary SET failed_starts = failed_starts + 1 WHERE process_definition_id = $1 AND ended_at IS NULL',
        [definitionId],
      );
    } catch (error) {
      this.logger.error({ definitionId, err: error }, 'a failed start of a canary could not be counted');
      return;
    }
    this.events.emitIncidents(new Set([definitionId]));
  }
}

/** The start event for the same message, or the timer of the same id. */
function counterpart(latest: ProcessModel, startElementId: string, trial: ProcessModel): string | null {
  const trigger = latest.startTriggers.find(({ elementId }) => elementId === startElementId);
  const found = trial.startTriggers.find((other) =>
    trigger?.kind === 'message' && other.kind === 'message'
      ? other.messageName.source === trigger.messageName.source
      : other.kind === trigger?.kind && other.elementId === startElementId,
  );
  return found?.elementId ?? null;
}
