import { type CallReference, type Expression, formReferences, NotFoundError, ParseError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { Database } from '../persistence/database.js';
import type { CallReferenceEntity } from '../persistence/entities/call-reference.js';

type Row = Omit<CallReferenceEntity, 'processDefinitionId'>;

/** Keeps `call_reference` complete: what a definition calls is read from its model when somebody asks for the first time. */
@Injectable()
export class CallIndex {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
  ) {}

  /** Any number of servers may do it at once: a model says the same to all of them. */
  async complete(): Promise<void> {
    const unread = await this.database.query<{ id: string }>('SELECT id FROM process_definition WHERE NOT calls_known');
    for (const { id } of unread) await this.read(id);
  }

  private async read(id: string): Promise<void> {
    const model = await this.definitions.model(id).catch(skipUnreadable);
    if (!model) return;
    const rows = [...model.callReferences, ...formReferences(model)].map(toRow);
    await this.database.transaction(async (tx) => {
      // The definition may be deleted at this moment.
      const [definition] = await tx.query('SELECT id FROM process_definition WHERE id = $1 FOR UPDATE', [id]);
      if (!definition) return;
      await tx.query(
        `INSERT INTO call_reference (process_definition_id, element_id, kind, target_key, binding, target_version, target_tag)
         SELECT $1, r.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[]) AS r
         ON CONFLICT DO NOTHING`,
        [
          id,
          rows.map(({ elementId }) => elementId),
          rows.map(({ kind }) => kind),
          rows.map(({ targetKey }) => targetKey),
          rows.map(({ binding }) => binding),
          rows.map(({ targetVersion }) => targetVersion),
          rows.map(({ targetTag }) => targetTag),
        ],
      );
      await tx.query('UPDATE process_definition SET calls_known = true WHERE id = $1', [id]);
    });
  }
}

/** A definition that has gone meanwhile, or a model that an earlier release of the server took and this one doesn't. */
function skipUnreadable(error: unknown): null {
  if (error instanceof NotFoundError || error instanceof ParseError) return null;
  throw error;
}

function toRow({ elementId, kind, key, binding }: CallReference): Row {
  const row = { elementId, kind, targetKey: key, targetVersion: null, targetTag: null };
  if (binding?.kind === 'versionTag') {
    const targetTag = textOf(binding.versionTag);
    return targetTag === null ? { ...row, binding: 'computed' } : { ...row, binding: 'versionTag', targetTag };
  }
  if (binding?.kind === 'version') {
    const targetVersion =
      typeof binding.version === 'number' ? binding.version : Number(textOf(binding.version) ?? NaN);
    return Number.isInteger(targetVersion)
      ? { ...row, binding: 'version', targetVersion }
      : { ...row, binding: 'computed' };
  }
  return { ...row, binding: binding?.kind ?? 'default' };
}

function textOf({ literal }: Expression): string | null {
  return literal ?? null;
}
