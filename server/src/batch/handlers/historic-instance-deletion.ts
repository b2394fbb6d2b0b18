import { Injectable } from '@nestjs/common';
import { HistoricProcessInstanceService } from '../../history/historic-process-instance.service.js';
import type { BatchHandler } from '../batch-handler.js';

/** Deletes what is recorded of finished instances. Deleting it again changes nothing. */
@Injectable()
export class HistoricInstanceDeletionHandler implements BatchHandler<null> {
  readonly type = 'historic-instance-deletion';

  constructor(private readonly instances: HistoricProcessInstanceService) {}

  async run(instanceId: string): Promise<undefined> {
    await this.instances.delete(instanceId, false);
  }
}
