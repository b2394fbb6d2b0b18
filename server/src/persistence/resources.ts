import type { CallTargetQuery, Decision, DecisionQuery, ProcessModel, ScriptHost } from '@millrace/engine';

/** What commands need beside their instance. Loaded on demand, because a command can't wait. */
export interface Resources {
  readonly scripts: ScriptHost;
  /** @throws NotFoundError */
  model(definitionId: string): Promise<ProcessModel>;
  /** The model, if it's at hand. */
  loadedModel(definitionId: string): ProcessModel | undefined;
  /** The definition that is called. @throws NotFoundError */
  callTarget(query: CallTargetQuery): Promise<string>;
  /** @throws NotFoundError */
  decision(query: DecisionQuery): Promise<Decision>;
}
