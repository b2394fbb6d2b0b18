import { Injectable } from '@nestjs/common';
import type { BatchDto } from '../batch/batch.dto.js';
import { BatchService } from '../batch/batch.service.js';
import { Selection } from '../batch/selection.js';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { InstanceModification } from './batch-handlers.js';
import type { InstanceModificationDto, ModificationDto } from './modification.dto.js';
import { readInstructions, requireInstructions } from './read-instructions.js';

@Injectable()
export class ModificationService {
  constructor(
    private readonly database: Database,
    private readonly selection: Selection,
    private readonly unitOfWork: UnitOfWork,
    private readonly batches: BatchService,
  ) {}

  async modify(instanceId: string, body: InstanceModificationDto, userId: string | null): Promise<void> {
    await this.unitOfWork.run(instanceId, toCommand(body), { userId });
  }

  /** All instances or none. @returns with `dryRun` what it would touch, and nothing happens */
  async modifySome(body: ModificationDto, userId: string | null, dryRun: boolean): Promise<BulkPreviewDto | null> {
    const { command, instanceIds } = await this.prepare(body);
    if (dryRun) return preview('instance-modification', instanceIds);
    const commands = instanceIds.map((instanceId) => ({ instanceId, command }));
    await this.unitOfWork.runAll(commands, { userId });
    return null;
  }

  async modifyAsync(instanceId: string, body: InstanceModificationDto, userId: string | null): Promise<BatchDto> {
    return this.batch([instanceId], toCommand(body), body.annotation, userId);
  }

  /** As a batch: each instance by itself. */
  async modifySomeAsync(
    body: ModificationDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BatchDto | BulkPreviewDto> {
    const { command, instanceIds } = await this.prepare(body);
    if (dryRun) return preview('instance-modification', instanceIds);
    return this.batch(instanceIds, command, body.annotation, userId);
  }

  private batch(
    instanceIds: readonly string[],
    configuration: InstanceModification,
    annotation: string | null | undefined,
    userId: string | null,
  ): Promise<BatchDto> {
    return this.batches.create({
      type: 'instance-modification',
      instanceIds,
      configuration,
      userId,
      annotation: annotation ?? null,
      operation: { type: 'ModifyProcessInstance', entity: 'ProcessInstance' },
    });
  }

  /** The command that each of the chosen instances is to get. @throws RestError (400) */
  private async prepare(body: ModificationDto) {
    const { processDefinitionId } = body;
    if (!processDefinitionId)
      throw invalidRequest("The process definition is missing: 'processDefinitionId' must be set");
    requireInstructions(body.instructions);
    const command = toCommand(body);
    const instanceIds = await this.selection.instances(body);
    await this.requireDefinition(instanceIds, processDefinitionId);
    return { command, instanceIds };
  }

  private async requireDefinition(ids: readonly string[], definitionId: string): Promise<void> {
    const others = await this.database.query<{ id: string; definition: string | null }>(
      `SELECT v.id, p.process_definition_id AS definition FROM unnest($1::text[]) AS v(id)
       LEFT JOIN process_instance p ON p.id = v.id WHERE p.process_definition_id IS DISTINCT FROM $2 LIMIT 1`,
      [ids, definitionId],
    );
    const [other] = others;
    if (!other) return;
    const why = other.definition === null ? 'it does not run' : `its process definition is '${other.definition}'`;
    throw new RestError(
      400,
      'ProcessEngineException',
      `Process instance '${other.id}' cannot be modified as one of process definition '${definitionId}': ${why}`,
      0,
    );
  }
}

function toCommand({ instructions, skipCustomListeners, skipIoMappings }: InstanceModificationDto) {
  return {
    kind: 'modify',
    instructions: readInstructions(instructions),
    skipCustomListeners: skipCustomListeners ?? false,
    skipIoMappings: skipIoMappings ?? false,
  } as const;
}
