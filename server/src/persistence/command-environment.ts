import {
  type CallTargetQuery,
  type Decision,
  type DecisionQuery,
  type Environment,
  ExecutionError,
  type InstanceState,
  MissingResource,
  NotFoundError,
  type ProcessModel,
} from '@millrace/engine';
import type { Family } from './family.js';
import type { Resources } from './resources.js';
import { serverName } from './server-name.js';
import { newId } from './uuid-v7.js';

/**
 * What the engine may ask for during one unit of work. What isn't at hand is noted and asked for with MissingResource;
 * `load` gets it, and the command runs again.
 */
export class CommandEnvironment implements Environment {
  readonly scripts;
  readonly newId = newId;
  readonly hostname = serverName();
  private readonly models = new Map<string, ProcessModel>();
  private readonly targets = new Map<string, string>();
  private readonly decisions = new Map<string, Decision>();
  private pending: { key: string; load: () => Promise<unknown> } | null = null;
  private readonly asked = new Set<string>();

  constructor(
    private readonly resources: Resources,
    private readonly family: Family,
    readonly now: Date,
    readonly userId: string | null,
  ) {
    this.scripts = resources.scripts;
  }

  model(definitionId: string): ProcessModel {
    const model = this.models.get(definitionId) ?? this.resources.loadedModel(definitionId);
    if (!model)
      throw this.missing('model', definitionId, async () => {
        this.models.set(definitionId, await this.resources.model(definitionId));
      });
    // Kept, so that what was loaded can't be dropped from the shared cache before the command runs again.
    this.models.set(definitionId, model);
    return model;
  }

  instance(instanceId: string): InstanceState {
    const state = this.family.loaded(instanceId);
    if (state === undefined)
      throw this.missing('instance', instanceId, async () => {
        if (!(await this.family.state(instanceId))) throw noInstance(instanceId);
      });
    if (state === null) throw noInstance(instanceId);
    return state;
  }

  callTarget(query: CallTargetQuery): string {
    const key = JSON.stringify(query);
    const target = this.targets.get(key);
    if (target === undefined)
      throw this.missing('call-target', key, async () => {
        this.targets.set(key, await calledBy(query.elementId, this.resources.callTarget(query)));
      });
    return target;
  }

  decision(query: DecisionQuery): Decision {
    const key = JSON.stringify(query);
    const decision = this.decisions.get(key);
    if (!decision)
      throw this.missing('decision', key, async () => {
        this.decisions.set(key, await calledBy(query.elementId, this.resources.decision(query)));
      });
    return decision;
  }

  /** Gets what was missing last. @throws NotFoundError when there is no such thing */
  async load(missing: MissingResource): Promise<void> {
    const { pending } = this;
    if (!pending || this.asked.has(pending.key))
      throw new Error(`Expected '${missing.message}' only once`, { cause: missing });
    this.asked.add(pending.key);
    this.pending = null;
    await pending.load();
  }

  private missing(kind: MissingResource['kind'], id: string, load: () => Promise<void>): MissingResource {
    this.pending = { key: `${kind} ${id}`, load };
    return new MissingResource(kind, id);
  }
}

/** What a process calls and nobody has deployed is the process's failure, not an unknown address. */
async function calledBy<T>(elementId: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ExecutionError(`Expected what '${elementId}' calls to be deployed, but: ${error.message}`, { elementId });
  }
}

/** Decides again whenever something had to be loaded. */
export async function complete<T>(env: CommandEnvironment, decide: () => T): Promise<T> {
  for (;;) {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof MissingResource)) throw error;
      await env.load(error);
    }
  }
}

export function noInstance(id: string): NotFoundError {
  return new NotFoundError(`Expected process instance '${id}' to exist, but there is none`);
}
