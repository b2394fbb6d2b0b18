import { Injectable } from '@nestjs/common';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import { invalidRequest } from '../http/rest-error.js';
import { toVariables } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import type { BatchDto } from './batch.dto.js';
import { BatchService } from './batch.service.js';
import type {
  CorrelateMessageDto,
  DeleteHistoricInstancesDto,
  DeleteInstancesDto,
  SetExternalTaskRetriesBatchDto,
  SetJobRetriesByProcessDto,
  SetJobRetriesDto,
  SetVariablesDto,
  SuspendInstancesDto,
} from './bulk-operations.dto.js';
import { Selection } from './selection.js';
import type { NewBatch } from './store-batch.js';

/** Who asks, and whether something is to happen. */
export interface Asked {
  readonly userId: string | null;
  readonly dryRun: boolean;
}

type Answer = Promise<BatchDto | BulkPreviewDto>;

/** Operations on many things at once; each becomes a batch, or with `dryRun` an answer about what it would touch. */
@Injectable()
export class BulkOperations {
  constructor(
    private readonly database: Database,
    private readonly batches: BatchService,
    private readonly selection: Selection,
  ) {}

  async deleteInstances(body: DeleteInstancesDto, asked: Asked): Answer {
    if (body.skipSubprocesses)
      throw invalidRequest(
        "Called instances are always deleted with their callers; 'skipSubprocesses' is not supported",
      );
    const configuration = {
      reason: body.deleteReason ?? null,
      skipCustomListeners: body.skipCustomListeners ?? false,
      skipIoMappings: body.skipIoMappings ?? false,
    };
    return this.answer(body, asked, {
      type: 'instance-deletion',
      instanceIds: await this.selection.instances(body),
      configuration,
      operation: { type: 'Delete', entity: 'ProcessInstance' },
      annotation: body.annotation ?? body.deleteReason ?? null,
    });
  }

  async deleteHistoricInstances(body: DeleteHistoricInstancesDto, asked: Asked): Answer {
    const instanceIds = await this.selection.historicInstances(body);
    if (body.failIfNotExists !== false) await this.requireHistoric(instanceIds);
    return this.answer(body, asked, {
      type: 'historic-instance-deletion',
      instanceIds,
      configuration: null,
      operation: { type: 'DeleteHistory', entity: 'ProcessInstance' },
      annotation: body.annotation ?? body.deleteReason ?? null,
    });
  }

  async setJobRetries(body: SetJobRetriesDto, asked: Asked): Answer {
    return this.jobRetries(body, asked, () => this.selection.jobs(body));
  }

  async setJobRetriesOfInstances(body: SetJobRetriesByProcessDto, asked: Asked): Answer {
    return this.jobRetries(body, asked, () =>
      this.selection.jobsOfInstances({ ...body, processInstanceIds: body.processInstances }),
    );
  }

  async setExternalTaskRetries(body: SetExternalTaskRetriesBatchDto, asked: Asked): Answer {
    return this.answer(body, asked, {
      type: 'set-external-task-retries',
      configuration: { retries: checkRetries(body.retries) },
      instanceIds: await this.selection.externalTasks(body),
      operation: { type: 'SetExternalTaskRetries', entity: 'ExternalTask' },
    });
  }

  async suspendInstances(body: SuspendInstancesDto, asked: Asked): Answer {
    const suspended = body.suspended ?? false;
    return this.answer(body, asked, {
      type: 'instance-update-suspension-state',
      instanceIds: await this.selection.instances(body),
      configuration: { suspended },
      operation: { type: suspended ? 'Suspend' : 'Activate', entity: 'ProcessInstance' },
    });
  }

  async setVariables(body: SetVariablesDto, asked: Asked): Answer {
    const variables = toVariables(body.variables);
    if (!variables) throw invalidRequest('variables is empty');
    return this.answer(body, asked, {
      type: 'set-variables',
      instanceIds: await this.selection.instances(body),
      configuration: { variables },
      operation: { type: 'SetVariables', entity: 'ProcessInstance' },
    });
  }

  async correlateMessage(body: CorrelateMessageDto, asked: Asked): Answer {
    if (!body.messageName) throw invalidRequest('messageName is missing');
    return this.answer(body, asked, {
      type: 'correlate-message',
      instanceIds: await this.selection.instances(body),
      configuration: { messageName: body.messageName, variables: toVariables(body.variables) ?? null },
      operation: { type: 'CorrelateMessage', entity: 'ProcessInstance' },
    });
  }

  private async jobRetries(
    body: SetJobRetriesDto | SetJobRetriesByProcessDto,
    asked: Asked,
    select: () => Promise<string[]>,
  ): Answer {
    const configuration = { retries: checkRetries(body.retries), dueDate: body.dueDate ?? null };
    return this.answer(body, asked, {
      type: 'set-job-retries',
      instanceIds: await select(),
      configuration,
      operation: { type: 'SetJobRetries', entity: 'Job' },
    });
  }

  private async answer(
    body: { dryRun?: boolean | null; annotation?: string | null },
    { userId, dryRun }: Asked,
    batch: Omit<NewBatch, 'userId'>,
  ): Answer {
    if (dryRun || body.dryRun) return preview(batch.type, batch.instanceIds);
    return this.batches.create({ annotation: body.annotation ?? null, ...batch, userId });
  }

  private async requireHistoric(ids: readonly string[]): Promise<void> {
    const found = await this.database.query<{ id: string }>(
      'SELECT id FROM historic_process_instance WHERE id = ANY($1)',
      [ids],
    );
    const known = new Set(found.map(({ id }) => id));
    const missing = ids.find((id) => !known.has(id));
    if (missing) throw invalidRequest(`No historic process instance found with id '${missing}'`);
  }
}

function checkRetries(retries: number | null | undefined): number {
  if (retries === null || retries === undefined || retries < 0)
    throw invalidRequest(`The number of retries must be given and cannot be negative, got ${retries ?? null}`);
  return retries;
}
