import {
  type DecisionModel,
  NotFoundError,
  type ProcessModel,
  parseBpmn,
  parseDecisions,
  type ScriptHost,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Database, Queryable } from '../persistence/database.js';
import { LruMap } from '../persistence/lru-map.js';

const CAPACITY = 500;

interface StoredModel {
  readonly key: string;
  readonly name: string;
  readonly bytes: Buffer;
}

/** Compiled models by definition id. They never change, so what is here is right as long as somebody asks for it. */
@Injectable()
export class DefinitionCache {
  private readonly models = new LruMap<string, ProcessModel>(CAPACITY);
  private readonly decisions = new LruMap<string, DecisionModel>(CAPACITY);
  private readonly loading = new Map<string, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly scripts: ScriptHost,
  ) {}

  /** @throws NotFoundError */
  async model(definitionId: string): Promise<ProcessModel> {
    return this.models.get(definitionId) ?? this.once(definitionId, () => this.loadModel(definitionId));
  }

  /** As `model`, inside a transaction: the embedded database has only one connection, and the caller has it. */
  async modelWithin(tx: Queryable, definitionId: string): Promise<ProcessModel> {
    return this.models.get(definitionId) ?? this.loadModel(definitionId, tx);
  }

  loadedModel(definitionId: string): ProcessModel | undefined {
    return this.models.get(definitionId);
  }

  /** @throws NotFoundError */
  async decision(definitionId: string): Promise<DecisionModel> {
    return this.decisions.get(definitionId) ?? this.once(definitionId, () => this.loadDecision(definitionId));
  }

  /** Deleted definitions. */
  forget(definitionIds: readonly string[]): void {
    for (const id of definitionIds) {
      this.models.delete(id);
      this.decisions.delete(id);
    }
  }

  /** Those who ask for the same model at the same time wait for one load. */
  private once<T>(id: string, load: () => Promise<T>): Promise<T> {
    const running = this.loading.get(id) as Promise<T> | undefined;
    if (running) return running;
    const started = load().finally(() => this.loading.delete(id));
    this.loading.set(id, started);
    return started;
  }

  private async loadModel(definitionId: string, on: Queryable = this.database): Promise<ProcessModel> {
    const { key, name, bytes } = await stored(on, 'process_definition', 'process definition', definitionId);
    const xml = bytes.toString('utf8');
    const others = /resource\s*=/.test(xml) ? await resourcesBeside(on, definitionId) : new Map<string, string>();
    const { processes } = await parseBpmn(xml, name, this.scripts, (resource) => others.get(resource));
    const model = processes.find((process) => process.key === key);
    if (!model) throw new NotFoundError(`Expected resource '${name}' to hold process '${key}', but it does not`);
    this.models.set(definitionId, model);
    return model;
  }

  private async loadDecision(definitionId: string): Promise<DecisionModel> {
    const { key, name, bytes } = await stored(
      this.database,
      'decision_definition',
      'decision definition',
      definitionId,
    );
    const decisions = await parseDecisions(bytes.toString('utf8'), name);
    const decision = decisions.find((model) => model.key === key);
    if (!decision) throw new NotFoundError(`Expected resource '${name}' to hold decision '${key}', but it does not`);
    this.decisions.set(definitionId, decision);
    return decision;
  }
}

/** The texts of the deployment that brought a process: its scripts may be among them. */
async function resourcesBeside(on: Queryable, definitionId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await on.query<{ name: string; bytes: Buffer }>(
    `SELECT r.name, r.bytes FROM process_definition d JOIN resource r ON r.deployment_id = d.deployment_id WHERE d.id = $1`,
    [definitionId],
  );
  return new Map(rows.map(({ name, bytes }) => [name, bytes.toString('utf8')]));
}

async function stored(on: Queryable, table: string, kind: string, definitionId: string): Promise<StoredModel> {
  const [row] = await on.query<StoredModel>(
    `SELECT d.key, r.name, r.bytes FROM ${table} d
     JOIN resource r ON r.deployment_id = d.deployment_id AND r.name = d.resource_name WHERE d.id = $1`,
    [definitionId],
  );
  if (!row)
    throw new NotFoundError(`Expected ${kind} '${definitionId}' to exist, but there is none`, { id: definitionId });
  return row;
}
