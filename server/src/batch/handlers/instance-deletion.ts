import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { BatchContext, BatchHandler } from '../batch-handler.js';
import { skipIfGone } from './skip-if-gone.js';

export interface InstanceDeletion {
  readonly reason: string | null;
  readonly skipCustomListeners: boolean;
  readonly skipIoMappings: boolean;
}

/** Deletes running instances. One that has ended meanwhile is skipped. */
@Injectable()
export class InstanceDeletionHandler implements BatchHandler<InstanceDeletion> {
  readonly type = 'instance-deletion';

  constructor(private readonly unitOfWork: UnitOfWork) {}

  run(instanceId: string, configuration: InstanceDeletion, { options }: BatchContext): Promise<'skipped' | undefined> {
    return skipIfGone(() => this.unitOfWork.run(instanceId, { kind: 'deleteInstance', ...configuration }, options));
  }
}
