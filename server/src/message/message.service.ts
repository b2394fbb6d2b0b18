import { NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { CanaryStarts } from '../deployment/canary-starts.js';
import { refused } from '../http/rest-error.js';
import { toVariableValues } from '../http/variable-value.js';
import { InactiveVersionError } from '../persistence/inactive-version-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { newId } from '../persistence/uuid-v7.js';
import { type Correlation, describe, toCorrelation } from './correlation.js';
import type { CorrelationMessageDto, MessageCorrelationResultDto } from './message.dto.js';
import { type MessageStart, ReceiversQueries, type WaitingExecution } from './receivers.query.js';

const ATTEMPTS = 3;

/** Delivers messages to the instances that wait for them, or starts instances by them. */
@Injectable()
export class MessageService {
  constructor(
    private readonly receivers: ReceiversQueries,
    private readonly unitOfWork: UnitOfWork,
    private readonly canaries: CanaryStarts,
  ) {}

  /**
   * To exactly one receiver, or with `all` to everything that waits (none is fine then). Executions come before start events.
   * @throws RestError (400) when no or more than one receiver matches
   */
  async correlate(body: CorrelationMessageDto, userId: string | null): Promise<MessageCorrelationResultDto[]> {
    const message = toCorrelation(body);
    const results = body.all ? await this.toAll(message, userId) : [await this.toOne(message, userId)];
    return body.variablesInResultEnabled ? results : results.map(({ variables: _, ...result }) => result);
  }

  private async toOne(message: Correlation, userId: string | null): Promise<MessageCorrelationResultDto> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const [execution, ...others] = await this.receivers.executions(message, 2);
      if (others.length > 0) throw mismatch(message, 'more than one execution waits for it');
      if (!execution) return this.startOne(message, userId);
      const result = await this.deliver(execution, message, userId);
      if (result) return result; // else it went on meanwhile: somebody else may wait by now
    }
    throw mismatch(message, 'nothing waits for it');
  }

  private async startOne(message: Correlation, userId: string | null): Promise<MessageCorrelationResultDto> {
    for (let attempt = 1; ; attempt++) {
      const [start, ...others] = await this.receivers.starts(message);
      if (!start) throw mismatch(message, 'no execution waits for it and no process starts by it');
      if (others.length > 0) throw mismatch(message, 'more than one process starts by it');
      try {
        return await this.start(start, message, userId);
      } catch (error) {
        // The version began to drain since it was looked up: the message belongs to another one by now.
        if (!(error instanceof InactiveVersionError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async toAll(message: Correlation, userId: string | null): Promise<MessageCorrelationResultDto[]> {
    const results: MessageCorrelationResultDto[] = [];
    const starts = await this.receivers.starts(message);
    for (const execution of await this.receivers.executions(message, null)) {
      const result = await this.deliver(execution, message, userId);
      if (result) results.push(result);
    }
    for (const start of starts) results.push(await this.start(start, message, userId));
    return results;
  }

  /** Null when the subscription isn't there any more. */
  private async deliver(
    { subscriptionId, executionId, processInstanceId, tenantId }: WaitingExecution,
    { variables, localVariables }: Correlation,
    userId: string | null,
  ): Promise<MessageCorrelationResultDto | null> {
    const command = {
      kind: 'deliverMessage',
      subscriptionId,
      ...(variables && { variables }),
      ...(localVariables && { localVariables }),
    } as const;
    try {
      const result = await this.unitOfWork.run(processInstanceId, command, { userId });
      return {
        resultType: 'Execution',
        execution: { id: executionId, processInstanceId, ended: true, tenantId },
        processInstance: null,
        variables: toVariableValues(result.variables, { deserialize: false }),
      };
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  private async start(
    { definitionId: latestId, definitionKey, elementId, tenantId, suspended, canary }: MessageStart,
    { businessKey, variables, localVariables }: Correlation,
    userId: string | null,
  ): Promise<MessageCorrelationResultDto> {
    if (suspended) throw refused(`Cannot start process definition ${latestId}: it is suspended`);
    const id = newId();
    const latest = { definitionId: latestId, startElementId: elementId };
    const chosen = await this.canaries.choose(latest, canary, businessKey ?? id);
    const command = { businessKey, tenantId, variables: { ...variables, ...localVariables } };
    const { definitionId, instanceId, result, state } = await this.canaries.startChosen(chosen, latest, async (at) => {
      const started = await this.unitOfWork.start({ ...command, ...at }, { userId, instanceId: id });
      return { ...started, definitionId: at.definitionId };
    });
    return {
      resultType: 'ProcessDefinition',
      execution: null,
      processInstance: {
        links: [],
        id: instanceId,
        definitionId,
        businessKey: state ? state.businessKey : businessKey,
        caseInstanceId: null,
        ended: state === null,
        suspended: false,
        tenantId,
        definitionKey,
      },
      variables: toVariableValues(result.variables, { deserialize: false }),
    };
  }
}

function mismatch(message: Correlation, reason: string) {
  return refused(`MismatchingMessageCorrelationException: cannot correlate ${describe(message)}: ${reason}`);
}
