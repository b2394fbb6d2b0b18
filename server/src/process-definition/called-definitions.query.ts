import type { Binding, CallReference } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { Database } from '../persistence/database.js';
import { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { type CalledProcessDefinitionDto, toProcessDefinitionDto } from './process-definition.dto.js';

/** The processes that a process's call activities call, as far as the model alone tells. */
@Injectable()
export class CalledDefinitionsQueries {
  constructor(
    private readonly database: Database,
    private readonly cache: DefinitionCache,
  ) {}

  async list(caller: ProcessDefinitionEntity): Promise<CalledProcessDefinitionDto[]> {
    const { callReferences } = await this.cache.model(caller.id);
    const pinned = await this.database.query<{ element_id: string; target_definition_id: string }>(
      `SELECT element_id, target_definition_id FROM call_binding WHERE process_definition_id = $1 AND kind = 'process'`,
      [caller.id],
    );
    const targets = new Map(pinned.map((row) => [row.element_id, row.target_definition_id]));
    const called = new Map<string, { definition: ProcessDefinitionEntity; from: string[] }>();
    for (const call of callReferences) {
      if (call.kind !== 'process') continue;
      const definition = await this.target(call, targets.get(call.elementId), caller);
      if (!definition) continue;
      const known = called.get(definition.id) ?? { definition, from: [] };
      known.from.push(call.elementId);
      called.set(definition.id, known);
    }
    return [...called.values()].map(({ definition, from }) => ({
      ...toProcessDefinitionDto(definition),
      calledFromActivityIds: from,
      callingProcessDefinitionId: caller.id,
    }));
  }

  private target(
    { key, binding }: CallReference,
    pinned: string | undefined,
    caller: ProcessDefinitionEntity,
  ): Promise<ProcessDefinitionEntity | null> {
    const builder = this.database.dataSource.createQueryBuilder(ProcessDefinitionEntity, 'definition');
    if (pinned !== undefined) return builder.where('definition.id = :pinned', { pinned }).getOne();
    if (key === null) return Promise.resolve(null);
    builder.where('definition.key = :key', { key });
    builder.andWhere('definition.tenantId IS NOT DISTINCT FROM :tenantId', { tenantId: caller.tenantId });
    restrictTo(builder, binding, caller);
    return builder.orderBy('definition.version', 'DESC').limit(1).getOne();
  }
}

function restrictTo(
  builder: { andWhere(condition: string, parameters: Record<string, unknown>): unknown },
  binding: Binding | null,
  { deploymentId }: ProcessDefinitionEntity,
): void {
  if (binding?.kind === 'version') builder.andWhere('definition.version = :version', { version: binding.version });
  if (binding?.kind === 'versionTag') builder.andWhere('definition.versionTag = :tag', { tag: binding.versionTag });
  if (binding?.kind === 'deployment') builder.andWhere('definition.deploymentId = :deploymentId', { deploymentId });
}
