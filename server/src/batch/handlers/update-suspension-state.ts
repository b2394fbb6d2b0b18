import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { BatchContext, BatchHandler } from '../batch-handler.js';
import { skipIfGone } from './skip-if-gone.js';

/** Suspends or activates instances. One that has ended is skipped. */
@Injectable()
export class UpdateSuspensionStateHandler implements BatchHandler<{ readonly suspended: boolean }> {
  readonly type = 'instance-update-suspension-state';

  constructor(private readonly unitOfWork: UnitOfWork) {}

  run(
    instanceId: string,
    { suspended }: { readonly suspended: boolean },
    { options }: BatchContext,
  ): Promise<'skipped' | undefined> {
    return skipIfGone(() => this.unitOfWork.run(instanceId, { kind: 'setSuspended', suspended }, options));
  }
}
