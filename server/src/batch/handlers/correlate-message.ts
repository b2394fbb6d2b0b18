import type { Variables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { BatchContext, BatchHandler } from '../batch-handler.js';
import { skipIfGone } from './skip-if-gone.js';

export interface MessageCorrelation {
  readonly messageName: string;
  readonly variables: Variables | null;
}

/**
 * Delivers a message to all that waits for it in an instance; nothing that waits is skipped, as in Camunda. Only the last
 * delivery notes the item as done: what a crash leaves over is delivered then, and what was delivered waits no more.
 */
@Injectable()
export class CorrelateMessageHandler implements BatchHandler<MessageCorrelation> {
  readonly type = 'correlate-message';

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async run(
    instanceId: string,
    { messageName, variables }: MessageCorrelation,
    { options }: BatchContext,
  ): Promise<'skipped' | undefined> {
    const waiting = await this.database.query<{ id: string }>(
      `SELECT id FROM event_subscription
       WHERE process_instance_id = $1 AND event_type = 'message' AND event_name = $2 ORDER BY id`,
      [instanceId, messageName],
    );
    let delivered = 0;
    for (const [i, { id }] of waiting.entries()) {
      const command = { kind: 'deliverMessage', subscriptionId: id, ...(variables && { variables }) } as const;
      const { changes: _, ...others } = options;
      const outcome = await skipIfGone(() =>
        this.unitOfWork.run(instanceId, command, i === waiting.length - 1 ? options : others),
      );
      if (outcome !== 'skipped') delivered++;
    }
    return delivered === 0 ? 'skipped' : undefined;
  }
}
