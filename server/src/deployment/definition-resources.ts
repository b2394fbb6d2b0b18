import type { CallTargetQuery, Decision, DecisionQuery, ProcessModel, ScriptHost } from '@millrace/engine';
import type { Database } from '../persistence/database.js';
import type { Resources } from '../persistence/resources.js';
import type { DefinitionCache } from './definition-cache.js';
import { findCallTarget } from './definition-lookup.js';

/** What commands need beside their instance, from the deployed definitions. */
export class DefinitionResources implements Resources {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
    readonly scripts: ScriptHost,
  ) {}

  model(definitionId: string): Promise<ProcessModel> {
    return this.definitions.model(definitionId);
  }

  loadedModel(definitionId: string): ProcessModel | undefined {
    return this.definitions.loadedModel(definitionId);
  }

  callTarget(query: CallTargetQuery): Promise<string> {
    return findCallTarget(this.database, 'process', query);
  }

  async decision(query: DecisionQuery): Promise<Decision> {
    const id = await findCallTarget(this.database, 'decision', query);
    return (await this.definitions.decision(id)).decision;
  }
}
