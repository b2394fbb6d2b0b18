import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { BatchContext, BatchHandler } from '../batch-handler.js';
import { skipIfGone } from './skip-if-gone.js';

/** Sets the retries of external tasks. One that is gone is skipped. */
@Injectable()
export class SetExternalTaskRetriesHandler implements BatchHandler<{ readonly retries: number }> {
  readonly type = 'set-external-task-retries';

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async run(
    externalTaskId: string,
    { retries }: { readonly retries: number },
    { options }: BatchContext,
  ): Promise<'skipped' | undefined> {
    const [task] = await this.database.query<{ instance: string }>(
      'SELECT process_instance_id AS instance FROM external_task WHERE id = $1',
      [externalTaskId],
    );
    if (!task) return 'skipped';
    const command = { kind: 'setExternalTaskRetries', externalTaskId, retries } as const;
    return skipIfGone(() => this.unitOfWork.run(task.instance, command, options));
  }
}
