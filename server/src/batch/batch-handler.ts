import type { RunOptions } from '../persistence/unit-of-work.js';

export interface BatchContext {
  readonly batchId: string;
  /** Who created the batch. */
  readonly userId: string | null;
  /**
   * To be handed to the unit of work that does the work: it notes the item as done in the same transaction, so that an
   * item is never done twice. A handler that works otherwise must be harmless when it's repeated after a crash.
   */
  readonly options: RunOptions;
}

/** How one kind of batch treats one of its items. */
export interface BatchHandler<C = unknown> {
  /** As clients see it: `instance-deletion`. */
  readonly type: string;
  /**
   * @param itemId what the batch was created with: mostly a process instance's id
   * @returns 'skipped' when there was nothing to do, with the reason where it isn't plain
   * @throws what is noted as the reason of the failure
   */
  run(itemId: string, configuration: C, context: BatchContext): Promise<'skipped' | Skipped | undefined>;
  /** Whether the item was refused for what it is, so that nothing tries it again by itself. By default everything is tried again. */
  isFinal?(error: Error): boolean;
}

export interface Skipped {
  readonly skipped: string;
}

/** The handlers by type. Modules add theirs when the server is put together. */
export class BatchHandlers {
  private readonly byType = new Map<string, BatchHandler>();

  add(...handlers: readonly BatchHandler<never>[]): void {
    for (const handler of handlers as readonly BatchHandler[]) this.byType.set(handler.type, handler);
  }

  get(type: string): BatchHandler {
    const handler = this.byType.get(type);
    if (!handler) throw new Error(`Expected a handler of batches of type '${type}', but there is none`);
    return handler;
  }
}
