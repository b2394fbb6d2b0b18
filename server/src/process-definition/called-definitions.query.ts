import type { Binding, CallReference, Expression } from '@millrace/engine';
import { NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { findCallTarget } from '../deployment/definition-lookup.js';
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
    const callers = new Map<string, string[]>();
    for (const call of callReferences) {
      const target = call.kind === 'process' ? await this.target(call, caller) : null;
      if (target !== null) callers.set(target, [...(callers.get(target) ?? []), call.elementId]);
    }
    const builder = this.database.dataSource.createQueryBuilder(ProcessDefinitionEntity, 'definition');
    const called = await builder.where('definition.id = ANY(:ids)', { ids: [...callers.keys()] }).getMany();
    return called.map((definition) => ({
      ...toProcessDefinitionDto(definition),
      calledFromActivityIds: callers.get(definition.id) ?? [],
      callingProcessDefinitionId: caller.id,
    }));
  }

  private async target({ elementId, key, binding }: CallReference, caller: ProcessDefinitionEntity) {
    const known = literalBinding(binding);
    if (key === null || known === null) return null;
    const query = { callerDefinitionId: caller.id, elementId, key, binding: known, tenantId: caller.tenantId };
    try {
      return await findCallTarget(this.database, 'process', query);
    } catch (error) {
      if (error instanceof NotFoundError) return null; // not deployed yet: the call will fail, the list doesn't
      throw error;
    }
  }
}

/** The binding when it is fixed; null when an expression computes it. */
export function literalBinding(binding: CallReference['binding']): Binding | null {
  if (binding === null) return { kind: 'default' };
  if (binding.kind === 'versionTag') {
    const versionTag = textOf(binding.versionTag);
    return versionTag === null ? null : { kind: 'versionTag', versionTag };
  }
  if (binding.kind !== 'version') return binding;
  const version = typeof binding.version === 'number' ? binding.version : Number(textOf(binding.version) ?? Number.NaN);
  return Number.isInteger(version) ? { kind: 'version', version } : null;
}

function textOf({ literal }: Expression): string | null {
  return literal ?? null;
}
