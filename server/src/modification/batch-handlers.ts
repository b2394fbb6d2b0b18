import type { Command } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { BatchContext, BatchHandler } from '../batch/batch-handler.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type Restart, RestartService } from './restart.service.js';

export type InstanceModification = Extract<Command, { kind: 'modify' }>;

/** Modifies one instance of a batch. */
@Injectable()
export class InstanceModificationHandler implements BatchHandler<InstanceModification> {
  readonly type = 'instance-modification';

  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(instanceId: string, command: InstanceModification, { options }: BatchContext): Promise<undefined> {
    await this.unitOfWork.run(instanceId, command, options);
  }
}

export interface InstanceRestart {
  readonly definitionId: string;
  readonly restart: Restart;
}

/** Starts one finished instance of a batch anew. */
@Injectable()
export class InstanceRestartHandler implements BatchHandler<InstanceRestart> {
  readonly type = 'instance-restart';

  constructor(
    private readonly restarts: RestartService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async run(
    instanceId: string,
    { definitionId, restart }: InstanceRestart,
    { options }: BatchContext,
  ): Promise<undefined> {
    await this.unitOfWork.start(await this.restarts.command(definitionId, instanceId, restart), options);
  }
}
