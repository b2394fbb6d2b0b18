import { NotFoundError, type Variables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { EventSubscriptionDto } from '../event-subscription/event-subscription.dto.js';
import { EventSubscriptionQueries } from '../event-subscription/event-subscription.query.js';
import { noSuchResource, refused, wrappingFailures } from '../http/rest-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { VariableScope } from '../process-instance/scope-variables.js';
import { ExecutionQueries } from './execution.query.js';

@Injectable()
export class ExecutionService {
  constructor(
    private readonly queries: ExecutionQueries,
    private readonly subscriptions: EventSubscriptionQueries,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws RestError (404) */
  async scope(id: string): Promise<VariableScope> {
    const execution = await this.queries.find(id);
    if (!execution) throw refused(`Cannot work on variables: execution ${id} does not exist`, 404);
    return { processInstanceId: execution.processInstanceId, scopeId: id, kind: 'execution' };
  }

  /** @throws RestError (404; 400 when nothing waits there) */
  async signal(id: string, variables: Variables | undefined, userId: string | null): Promise<void> {
    const execution = await this.queries.find(id);
    if (!execution) throw refused(`Cannot signal execution ${id}: it does not exist`, 404);
    const command = { kind: 'signalExecution', activityInstanceId: id, ...(variables && { variables }) } as const;
    const work = this.unitOfWork.run(execution.processInstanceId, command, { userId });
    await wrappingFailures(`Cannot signal execution ${id}`, work);
  }

  /** @throws RestError (404) */
  async messageSubscription(id: string, messageName: string): Promise<EventSubscriptionDto> {
    const execution = await this.queries.find(id);
    const found = execution && (await this.subscriptions.message(id, execution.processInstanceId, messageName));
    if (!found) throw noSuchResource(`Execution ${id} does not wait for message '${messageName}'`);
    return found;
  }

  /** @throws RestError (404 for an unknown execution, 400 when it doesn't wait for the message) */
  async trigger(
    id: string,
    messageName: string,
    variables: Variables | undefined,
    userId: string | null,
  ): Promise<void> {
    const execution = await this.queries.find(id);
    if (!execution) throw refused(`Cannot trigger execution ${id}: it does not exist`, 404);
    const found = await this.subscriptions.message(id, execution.processInstanceId, messageName);
    const notWaiting = () => refused(`Cannot trigger execution ${id}: it does not wait for message '${messageName}'`);
    if (!found) throw notWaiting();
    const command = { kind: 'deliverMessage', subscriptionId: found.id, ...(variables && { variables }) } as const;
    try {
      const work = this.unitOfWork.run(execution.processInstanceId, command, { userId });
      await wrappingFailures(`Cannot trigger execution ${id}`, work);
    } catch (error) {
      if (error instanceof NotFoundError) throw notWaiting(); // it has gone on meanwhile
      throw error;
    }
  }
}
