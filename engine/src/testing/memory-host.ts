import { parseDecisions } from '../decision/parse-decisions.js';
import { MissingResource, NotFoundError } from '../errors.js';
import { createScriptHost } from '../expression/javascript-host.js';
import { parseBpmn } from '../model/parse-bpmn.js';
import type { ProcessModel } from '../model/process-model.js';
import type { CallTargetQuery, Decision as DmnDecision, Environment, ScriptHost } from '../ports.js';
import { type Command, type CommandResult, type FollowUp, inOrder, type ThrownSignal } from '../runtime/commands.js';
import { execute } from '../runtime/execute.js';
import type { Change, TableName, Tables } from '../runtime/records.js';
import type { InstanceState } from '../runtime/state.js';

type Rows = { readonly [T in TableName]: Map<string, Tables[T]> };

const tableNames: readonly TableName[] = [
  'variable',
  'userTask',
  'identityLink',
  'externalTask',
  'job',
  'eventSubscription',
  'incident',
  'historicProcessInstance',
  'historicActivityInstance',
  'historicVariable',
  'historicTask',
  'historicIncident',
  'jobLog',
  'externalTaskLog',
  'batchItem',
  'userOperation',
];

/**
 * A whole host of the engine in memory: definitions, instances, rows, a clock that stands still until it is moved.
 * The latest definition of a key serves every binding.
 */
export class MemoryHost {
  readonly rows = Object.fromEntries(tableNames.map((name) => [name, new Map()])) as unknown as Rows;
  readonly instances = new Map<string, InstanceState>();
  readonly models = new Map<string, ProcessModel>();
  readonly latest = new Map<string, string>();
  readonly decisions = new Map<string, DmnDecision>();
  now = new Date('2026-01-05T08:00:00.000Z');
  /** Of the last command and what followed from it. */
  lastChanges: readonly Change[] = [];
  private lastId = 0;

  private constructor(private readonly scripts: ScriptHost) {}

  static async create(): Promise<MemoryHost> {
    return new MemoryHost(await createScriptHost());
  }

  /** @throws ParseError */
  async deploy(files: Readonly<Record<string, string>>): Promise<readonly ProcessModel[]> {
    const deployed: ProcessModel[] = [];
    for (const [name, text] of Object.entries(files)) {
      if (name.endsWith('.dmn'))
        for (const model of await parseDecisions(text, name)) this.decisions.set(model.key, model.decision);
      if (!name.endsWith('.bpmn')) continue;
      const { processes } = await parseBpmn(text, name, this.scripts, (resource) => files[resource]);
      deployed.push(...processes);
    }
    for (const model of deployed) {
      const id = `${model.key}:${this.models.size + 1}`;
      this.models.set(id, model);
      this.latest.set(model.key, id);
    }
    return deployed;
  }

  /** A new id: counted, so that every run of a test is the same. */
  newId = (): string => `id-${++this.lastId}`;

  /** Runs a command and what follows from it on other instances; all of it is stored, or nothing. */
  run(instanceId: string, command: Command, userId: string | null = null): CommandResult {
    const staged = new Map<string, InstanceState | null>();
    const changes: Change[] = [];
    let result: CommandResult | null = null;
    const queue: FollowUp[] = [{ instanceId, command }];
    for (let next = queue.shift(); next; next = queue.shift()) {
      const state =
        staged.get(next.instanceId) ??
        (staged.has(next.instanceId) ? null : (this.instances.get(next.instanceId) ?? null));
      if (!state && next.command.kind !== 'start' && result) continue; // it ended by an earlier follow-up
      if (result && isDeafened(state, next.command)) continue; // an event before it has cancelled who waited
      const decided = execute(next.instanceId, state, next.command, this.environment(staged, userId));
      staged.set(next.instanceId, decided.state);
      for (const change of decided.changes) changes.push(change); // a long loop makes too many to spread
      const { beforeSignals, signals, afterSignals } = inOrder(decided);
      queue.push(...beforeSignals);
      for (const signal of signals) this.broadcast(signal, next.instanceId, staged, queue);
      queue.push(...afterSignals);
      result ??= decided.result;
    }
    this.store(staged, changes);
    return result!;
  }

  /** The thrower's own instance has heard it already. */
  private broadcast(
    { name, variables, businessKey = null }: ThrownSignal,
    thrower: string,
    staged: ReadonlyMap<string, InstanceState | null>,
    queue: FollowUp[],
  ): void {
    const alive = new Map([...this.instances, ...staged]);
    for (const [instanceId, state] of alive)
      for (const node of instanceId === thrower ? [] : (state?.nodes.values() ?? []))
        for (const { id, eventType, eventName } of node.subscriptions ?? [])
          if (eventType === 'signal' && eventName === name)
            queue.push({ instanceId, command: { kind: 'deliverSignal', subscriptionId: id, variables } });
    for (const definitionId of this.latest.values())
      for (const trigger of this.models.get(definitionId)?.startTriggers ?? [])
        if (trigger.kind === 'signal' && trigger.signalName.literal === name)
          queue.push({
            instanceId: this.newId(),
            command: {
              kind: 'start',
              definitionId,
              businessKey,
              tenantId: null,
              variables,
              startElementId: trigger.elementId,
            },
          });
  }

  /** What commands are decided with. @param staged states that aren't stored yet, by instance */
  environment(
    staged: ReadonlyMap<string, InstanceState | null> = new Map(),
    userId: string | null = null,
  ): Environment {
    return {
      now: this.now,
      newId: this.newId,
      scripts: this.scripts,
      userId,
      model: (id) => this.models.get(id) ?? missing('model', id),
      instance: (id) => staged.get(id) ?? this.instances.get(id) ?? missing('instance', id),
      callTarget: ({ key }: CallTargetQuery) => this.latest.get(key) ?? unknown('process', key),
      decision: ({ key }) => this.decisions.get(key) ?? unknown('decision', key),
    };
  }

  private store(staged: ReadonlyMap<string, InstanceState | null>, changes: readonly Change[]): void {
    for (const [id, state] of staged)
      if (state) this.instances.set(id, { ...state, revision: state.revision + 1 });
      else this.instances.delete(id);
    this.lastChanges = changes;
    for (const change of changes) {
      const table = this.rows[change.table] as Map<string, object>;
      if (change.op === 'insert') table.set(change.id, change.row);
      else if (change.op === 'update') table.set(change.id, { ...table.get(change.id), ...change.set });
      else table.delete(change.id);
    }
  }
}

function isDeafened(state: InstanceState | null, command: Command): boolean {
  if (command.kind !== 'deliverSignal') return false;
  const subscriptions = [...(state?.nodes.values() ?? [])].flatMap((node) => node.subscriptions ?? []);
  return !subscriptions.some(({ id }) => id === command.subscriptionId);
}

function missing(kind: 'model' | 'instance', id: string): never {
  throw new MissingResource(kind, id);
}

function unknown(kind: string, key: string): never {
  throw new NotFoundError(`Expected a deployed ${kind} '${key}', but there is none`);
}
