import { fromColumns, type ValueColumns, type Variables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { BatchDto } from '../batch/batch.dto.js';
import { BatchService } from '../batch/batch.service.js';
import { Selection } from '../batch/selection.js';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import { invalidRequest, noSuchResource, RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { RestartDto } from './modification.dto.js';
import { readInstructions, requireInstructions } from './read-instructions.js';

interface FinishedInstance {
  readonly id: string;
  readonly definitionId: string;
  readonly businessKey: string | null;
  readonly tenantId: string | null;
  readonly endedAt: Date | null;
  readonly initial: Readonly<Record<string, ValueColumns>> | null;
}

/** How finished instances begin anew; plain data. */
export type Restart = Pick<
  RestartDto,
  'instructions' | 'skipCustomListeners' | 'skipIoMappings' | 'initialVariables' | 'withoutBusinessKey'
>;

@Injectable()
export class RestartService {
  constructor(
    private readonly database: Database,
    private readonly selection: Selection,
    private readonly unitOfWork: UnitOfWork,
    private readonly batches: BatchService,
  ) {}

  /** All instances or none. @returns with `dryRun` what it would touch, and nothing happens */
  async restart(
    definitionId: string,
    body: RestartDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const ids = await this.prepare(definitionId, body);
    const commands = await Promise.all(ids.map((id) => this.command(definitionId, id, body)));
    if (dryRun) return preview('instance-restart', ids);
    await this.unitOfWork.startAll(commands, { userId });
    return null;
  }

  /** As a batch: each instance by itself. */
  async restartAsync(
    definitionId: string,
    body: RestartDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BatchDto | BulkPreviewDto> {
    const instanceIds = await this.prepare(definitionId, body);
    if (dryRun) return preview('instance-restart', instanceIds);
    const { instructions, skipCustomListeners, skipIoMappings, initialVariables, withoutBusinessKey } = body;
    return this.batches.create({
      type: 'instance-restart',
      instanceIds,
      configuration: {
        definitionId,
        restart: { instructions, skipCustomListeners, skipIoMappings, initialVariables, withoutBusinessKey },
      },
      userId,
      operation: { type: 'RestartProcessInstance', entity: 'ProcessInstance' },
    });
  }

  /** The chosen instances. @throws RestError (400, 404) when the request can't be meant */
  private async prepare(definitionId: string, body: RestartDto): Promise<string[]> {
    const [definition] = await this.database.query('SELECT id FROM process_definition WHERE id = $1', [definitionId]);
    if (!definition) throw noSuchResource(`Process definition with id '${definitionId}' does not exist`);
    requireInstructions(body.instructions);
    readInstructions(body.instructions, 'starts');
    return this.selection.instances(body);
  }

  /** What starts an instance like one that has finished. @throws RestError (400) */
  async command(definitionId: string, instanceId: string, restart: Restart) {
    const instance = await this.finished(definitionId, instanceId);
    const variables = restart.initialVariables ? initialOf(instance) : await this.lastOf(instanceId);
    return {
      definitionId,
      businessKey: restart.withoutBusinessKey ? null : instance.businessKey,
      tenantId: instance.tenantId,
      variables,
      instructions: readInstructions(restart.instructions, 'starts'),
      skipCustomListeners: restart.skipCustomListeners ?? false,
      skipIoMappings: restart.skipIoMappings ?? false,
      restartedProcessInstanceId: instanceId,
    };
  }

  private async finished(definitionId: string, id: string): Promise<FinishedInstance> {
    const [instance] = await this.database.query<FinishedInstance>(
      `SELECT id, process_definition_id AS "definitionId", business_key AS "businessKey", tenant_id AS "tenantId",
         ended_at AS "endedAt", initial_variables AS initial FROM historic_process_instance WHERE id = $1`,
      [id],
    );
    if (!instance) throw invalidRequest(`Historic process instance '${id}' cannot be found`);
    if (instance.endedAt === null) throw cannotRestart(id, 'It is not completed or terminated');
    if (instance.definitionId !== definitionId)
      throw cannotRestart(
        id,
        `Its process definition '${instance.definitionId}' does not match given process definition '${definitionId}'`,
      );
    return instance;
  }

  /** Those of the process itself, as they were at its end. */
  private async lastOf(instanceId: string): Promise<Variables> {
    const rows = await this.database.query<ValueColumns & { readonly name: string }>(
      `SELECT name, type, text_value AS "textValue", number_value AS "numberValue", value_info AS "valueInfo"
       FROM historic_variable WHERE process_instance_id = $1 AND activity_instance_id = $1 AND task_id IS NULL
         AND state = 'CREATED' ORDER BY id`,
      [instanceId],
    );
    return Object.fromEntries(rows.map(({ name, ...columns }) => [name, fromColumns(columns)]));
  }
}

function initialOf({ initial }: FinishedInstance): Variables {
  return Object.fromEntries(Object.entries(initial ?? {}).map(([name, columns]) => [name, fromColumns(columns)]));
}

function cannotRestart(id: string, why: string): RestError {
  return new RestError(
    400,
    'ProcessEngineException',
    `Historic process instance '${id}' cannot be restarted. ${why}.`,
    0,
  );
}
