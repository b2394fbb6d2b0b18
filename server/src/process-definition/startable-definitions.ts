import { Injectable } from '@nestjs/common';
import { type Canary, canaryBeside } from '../deployment/canary.js';
import { Database } from '../persistence/database.js';
import { LruMap } from '../persistence/lru-map.js';
import type { DefinitionReference } from './definition-reference.js';
import { ProcessDefinitionQueries } from './process-definition.query.js';

/** What a start needs to know of its definition. */
export interface StartableDefinition {
  readonly id: string;
  readonly key: string;
  readonly tenantId: string | null;
  readonly suspended: boolean;
  /** The version on trial that gets a share of the starts; null where the address names one version. */
  readonly canary: Canary | null;
}

const CAPACITY = 1_000;

/**
 * The definitions of which instances were started last, by what clients call them. An entry may be old: another server
 * deploys, suspends and deletes too. The commit of a start checks it, and whoever is told so forgets the entry.
 */
@Injectable()
export class StartableDefinitions {
  private readonly known = new LruMap<string, StartableDefinition>(CAPACITY);

  constructor(
    private readonly database: Database,
    private readonly queries: ProcessDefinitionQueries,
  ) {}

  /** @throws RestError (404) */
  async find(reference: DefinitionReference): Promise<{ definition: StartableDefinition; isFresh: boolean }> {
    const name = nameOf(reference);
    const known = this.known.get(name);
    if (known) return { definition: known, isFresh: false };
    const { id, key, tenantId, suspended } = await this.queries.find(reference);
    const canary = 'id' in reference ? null : await canaryBeside(this.database, id);
    const definition = { id, key, tenantId, suspended, canary };
    // Nobody is told when what is suspended is activated again.
    if (!suspended && !canary?.suspended) this.known.set(name, definition);
    return { definition, isFresh: true };
  }

  forget(reference: DefinitionReference): void {
    this.known.delete(nameOf(reference));
  }
}

function nameOf(reference: DefinitionReference): string {
  return 'id' in reference ? reference.id : JSON.stringify([reference.key, reference.tenantId]);
}
