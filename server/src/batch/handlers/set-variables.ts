import type { Variables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../persistence/unit-of-work.js';
import type { BatchContext, BatchHandler } from '../batch-handler.js';
import { skipIfGone } from './skip-if-gone.js';

/** Sets variables of instances. One that has ended is skipped. */
@Injectable()
export class SetVariablesHandler implements BatchHandler<{ readonly variables: Variables }> {
  readonly type = 'set-variables';

  constructor(private readonly unitOfWork: UnitOfWork) {}

  run(
    instanceId: string,
    { variables }: { readonly variables: Variables },
    { options }: BatchContext,
  ): Promise<'skipped' | undefined> {
    const command = { kind: 'setVariables', scopeId: instanceId, set: variables, local: false } as const;
    return skipIfGone(() => this.unitOfWork.run(instanceId, command, options));
  }
}
