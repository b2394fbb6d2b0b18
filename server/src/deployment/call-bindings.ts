import type { CallReference, ProcessModel } from '@millrace/engine';
import type { Queryable } from '../persistence/database.js';
import { type CalledKind, latestDefinitionId } from './definition-lookup.js';

export interface PinnedCall {
  readonly elementId: string;
  readonly kind: CalledKind;
  readonly targetDefinitionId: string;
}

export interface Pins {
  readonly pinned: readonly PinnedCall[];
  /** Calls of something that isn't deployed yet; they are resolved when they happen. */
  readonly open: readonly (CallReference & { readonly key: string })[];
}

/**
 * Pins the calls that name a key but no binding: to the version in the same deployment, else to the newest one now, so
 * that what is deployed later can't change what this definition does.
 * @param deployed ids of the definitions in the same deployment, by key
 */
export async function pinCalls(
  on: Queryable,
  model: ProcessModel,
  deployed: Readonly<Record<CalledKind, ReadonlyMap<string, string>>>,
  tenantId: string | null,
): Promise<Pins> {
  const pinned: PinnedCall[] = [];
  const open: (CallReference & { readonly key: string })[] = [];
  for (const reference of model.callReferences) {
    const { elementId, kind, key, binding } = reference;
    if (kind === 'form' || key === null || (binding && binding.kind !== 'default')) continue;
    const targetDefinitionId = deployed[kind].get(key) ?? (await latestDefinitionId(on, kind, key, tenantId));
    if (targetDefinitionId === null) open.push({ ...reference, key });
    else pinned.push({ elementId, kind, targetDefinitionId });
  }
  return { pinned, open };
}
