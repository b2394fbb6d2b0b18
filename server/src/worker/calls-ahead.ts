import { NotFoundError, type ProcessModel } from '@millrace/engine';
import type { DefinitionCache } from '../deployment/definition-cache.js';
import { findCallTarget } from '../deployment/definition-lookup.js';
import type { Database } from '../persistence/database.js';
import { literalBinding } from '../process-definition/called-definitions.query.js';

export interface Definition {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly deploymentId: string;
  readonly tenantId: string | null;
  /** Instances of it are started by key: the latest version, or a canary beside it. */
  readonly isLatest: boolean;
}

/** Work that a worker is asked for at an element. */
export interface WorkAhead {
  readonly elementId: string;
  /** The definition that has the element: the instance's own, or one that it calls. */
  readonly definition: Definition;
  /** Null when an expression gives it. */
  readonly topic: string | null;
}

/** A called process that only an expression names: anything may come. */
export interface UnknownCall {
  readonly elementId: string;
  readonly definition: Definition;
}

export interface Ahead {
  readonly work: readonly WorkAhead[];
  readonly unknown: readonly UnknownCall[];
}

/** What the elements of processes ask workers for, the processes that they call included. Remembers what it has looked up. */
export class CallsAhead {
  private readonly targets = new Map<string, Promise<string | null | undefined>>();

  constructor(
    private readonly database: Database,
    private readonly cache: DefinitionCache,
    private readonly definitions: ReadonlyMap<string, Definition>,
  ) {}

  model(definitionId: string): Promise<ProcessModel> {
    return this.cache.model(definitionId);
  }

  /** @param reached of the definition's model; null for all of it */
  async at(definition: Definition, reached: ReadonlySet<string> | null, seen = new Set<string>()): Promise<Ahead> {
    const model = await this.model(definition.id);
    const work: WorkAhead[] = [];
    const unknown: UnknownCall[] = [];
    const flowsFrom = new Map(
      [...model.elements.values()].flatMap(({ id, outgoing }) => outgoing.map((flow) => [flow.id, id] as const)),
    );
    const isReached = (id: string) => reached === null || reached.has(flowsFrom.get(id) ?? id);
    for (const { elementId, topic } of model.topics)
      if (isReached(elementId)) work.push({ elementId, definition, topic });
    for (const call of model.callReferences) {
      if (call.kind !== 'process' || !isReached(call.elementId)) continue;
      const target = await this.target(definition, call);
      if (target === undefined) unknown.push({ elementId: call.elementId, definition });
      const called = target ? this.definitions.get(target) : undefined;
      if (!called || seen.has(called.id)) continue;
      seen.add(called.id);
      const ahead = await this.at(called, null, seen);
      work.push(...ahead.work);
      unknown.push(...ahead.unknown);
    }
    return { work, unknown };
  }

  /** Null when there is none yet; undefined when an expression decides. */
  private target(
    caller: Definition,
    { elementId, key, binding }: ProcessModel['callReferences'][number],
  ): Promise<string | null | undefined> {
    const name = `${caller.id}\n${elementId}`;
    const literal = literalBinding(binding);
    if (key === null || literal === null) return Promise.resolve(undefined);
    const query = { callerDefinitionId: caller.id, elementId, key, binding: literal, tenantId: caller.tenantId };
    const found =
      this.targets.get(name) ??
      findCallTarget(this.database, 'process', query).catch((error: unknown) => {
        if (error instanceof NotFoundError) return null;
        throw error;
      });
    this.targets.set(name, found);
    return found;
  }
}
