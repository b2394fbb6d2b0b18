import type { ProcessModel } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import { type Canary, canaryBeside, isForCanary } from './canary.js';
import { DefinitionCache } from './definition-cache.js';

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
