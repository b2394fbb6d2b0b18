import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Command,
  type CommandResult,
  EngineError,
  execute,
  type FollowUp,
  heldStartConditions,
  type InstanceState,
  InvalidCommandError,
  MissingResource,
  type Outcome,
  type StartInstance,
  type Variables,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { announce } from './announce.js';
import { CommandEnvironment, noInstance } from './command-environment.js';
import { CommitEvents } from './commit-events.js';
import type { Committer } from './committer.js';
import { isConflict, isUnstorableText, RevisionConflict } from './conflicts.js';
import type { Database, Transaction } from './database.js';
import { Family } from './family.js';
import { loadInstance } from './instance-store.js';
import { KeyedQueue } from './keyed-queue.js';
import { LruMap } from './lru-map.js';
import { OptimisticLockingError } from './optimistic-locking-error.js';
import type { Resources } from './resources.js';
import { findSignalReceivers, isSubscribed, type Signal } from './signal-receivers.js';
import { newId } from './uuid-v7.js';

export interface RunOptions {
  /** Who sent the command. */
  readonly userId?: string | null;
  /** Extra checks or statements in the same transaction, before the changes are written (check a lock's owner, lock rows). It may run several times. */
  readonly within?: (tx: Transaction) => Promise<void>;
}

export interface Started {
  readonly instanceId: string;
  readonly result: CommandResult;
  /** Null when the instance has already ended. */
  readonly state: InstanceState | null;
}

interface Answer {
  readonly result: CommandResult;
  readonly state: InstanceState | null;
}

/** What one unit of work begins with; what follows from it belongs to it too. */
interface Work {
  readonly commands: readonly FollowUp[];
  readonly signal?: Signal;
}

/** Whoever hears a signal, as far as it's in another instance than the one that throws it. */
interface SignalStep {
  readonly signal: Signal;
  readonly throwerId: string | null;
}

/** The work reaches families whose turn it isn't yet; with all of them it's decided again. */
class ReachesFurther extends Error {
  constructor(readonly roots: readonly string[]) {
    super(`Expected ${roots.length} more families`);
  }
}

const ATTEMPTS = 5;
const HOT_INSTANCES = 2_000;
const KNOWN_ROOTS = 50_000;

/**
 * One command and its follow-ups on other instances of the family are one transaction: runtime rows, history and jobs
 * are committed together or not at all, and nobody is answered before that.
 *
 * Commands of one family (the instances below one root) run one after the other within a server. A signal reaches
 * other families: then the work takes its turn in all of them, in one order for all. Against other servers the revision
 * of each instance's row is checked; who comes second decides again on what is stored then.
 */
@Injectable()
export class UnitOfWork {
  private readonly families = new KeyedQueue();
  /** States as they were committed last, by this server. The revision check makes it harmless that one may be old. */
  private readonly hot = new LruMap<string, InstanceState>(HOT_INSTANCES);
  private readonly roots = new LruMap<string, string>(KNOWN_ROOTS);

  constructor(
    private readonly database: Database,
    private readonly resources: Resources,
    private readonly committer: Committer,
    private readonly events: CommitEvents,
    private readonly logger: Logger,
  ) {}

  /** @throws EngineError, OptimisticLockingError after the last attempt; NotFoundError for an unknown instance */
  async run(instanceId: string, command: Command, options: RunOptions = {}): Promise<CommandResult> {
    const root = await this.rootOf(instanceId);
    const [answer] = await this.inTurn([root], { commands: [{ instanceId, command }] }, options);
    return answer!.result;
  }

  /** Creates an instance, in `command.rootProcessInstanceId`'s family if one is given. @throws as `run`; SuspendedError */
  async start(command: Omit<StartInstance, 'kind'>, options: RunOptions = {}): Promise<Started> {
    const [started] = await this.startAll([command], options);
    return started!;
  }

  /** Creates several instances, all or none. @throws as `start` */
  async startAll(commands: readonly Omit<StartInstance, 'kind'>[], options: RunOptions = {}): Promise<Started[]> {
    const starts = commands.map((command) => ({
      instanceId: newId(),
      command: { ...command, kind: 'start' as const },
    }));
    const roots = starts.map(({ instanceId, command }) => command.rootProcessInstanceId ?? instanceId);
    const answers = await this.inTurn(roots, { commands: starts }, options);
    return starts.map(({ instanceId }, i) => ({ instanceId, ...answers[i]! }));
  }

  /** To all that wait for it and all processes that start by it; all of them or none. @throws as `run` */
  async throwSignal(signal: Signal, options: RunOptions = {}): Promise<void> {
    await this.inTurn([], { commands: [], signal }, options);
  }

  /** The start events whose conditions hold for these variables; nothing happens. @throws NotFoundError, EvaluationError */
  heldStartConditions(definitionId: string, variables: Variables): Promise<readonly string[]> {
    const env = new CommandEnvironment(this.resources, new Family(async () => null), new Date(), null);
    return complete(env, () => heldStartConditions(definitionId, variables, env));
  }

  /** Forgets all states, after instances were changed by other means than commands. */
  forgetStates(): void {
    this.hot.clear();
  }

  private async inTurn(roots: readonly string[], work: Work, options: RunOptions): Promise<Answer[]> {
    for (let all = new Set(roots); ; ) {
      try {
        return await this.families.runAll([...all], () => this.attempt(work, all, options));
      } catch (error) {
        if (!(error instanceof ReachesFurther)) throw error;
        all = new Set([...all, ...error.roots]);
      }
    }
  }

  private async attempt(work: Work, roots: ReadonlySet<string>, options: RunOptions): Promise<Answer[]> {
    const [first] = work.commands;
    const subject = first ? `process instance '${first.instanceId}'` : `what hears '${work.signal?.name}'`;
    const started = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        const answers = await this.runOnce(work, roots, options);
        this.logger.debug(
          {
            instanceId: first?.instanceId,
            command: first?.command.kind ?? 'signal',
            attempt,
            ms: Math.round(performance.now() - started),
          },
          'command',
        );
        return answers;
      } catch (error) {
        if (isUnstorableText(error))
          throw new InvalidCommandError(
            'Expected text that can be stored, but it has the character U+0000',
            {},
            { cause: error },
          );
        if (!isConflict(error)) throw error;
        if (attempt === ATTEMPTS)
          throw new OptimisticLockingError(
            `Expected ${subject} to stay as it was loaded, but it was changed by somebody else; tried ${ATTEMPTS} times`,
            {},
            { cause: error },
          );
        await sleep(Math.random() * 4 * 2 ** attempt);
      }
    }
  }

  private async runOnce(work: Work, roots: ReadonlySet<string>, options: RunOptions): Promise<Answer[]> {
    let usedHot = false;
    const family = new Family((id) => {
      const hot = this.hot.get(id);
      if (!hot) return loadInstance(this.database, id);
      usedHot = true;
      return Promise.resolve(hot);
    });
    try {
      return await this.decideAndCommit(family, work, roots, options);
    } catch (error) {
      // Whatever went wrong, the next one starts from what is stored.
      for (const id of family.ids()) this.hot.delete(id);
      // A refusal was decided on a state that nobody has checked: another server may know better.
      if (usedHot && error instanceof EngineError) return this.runOnce(work, roots, options);
      throw error;
    }
  }

  private async decideAndCommit(
    family: Family,
    work: Work,
    roots: ReadonlySet<string>,
    options: RunOptions,
  ): Promise<Answer[]> {
    const now = new Date();
    const env = new CommandEnvironment(this.resources, family, now, options.userId ?? null);
    const startedDefinitionIds: string[] = [];
    const answers = new Map<string, Answer>();
    const given = new Map(work.commands.map(({ instanceId, command }) => [instanceId, command]));
    const agenda: (FollowUp | SignalStep)[] = [...work.commands];
    if (work.signal) agenda.push({ signal: work.signal, throwerId: null });
    // In the order in which they were decided: what an instance starts is there before it can be told to end.
    for (let next = agenda.shift(); next; next = agenda.shift()) {
      if ('signal' in next) {
        const receivers = await findSignalReceivers(this.database, next.signal, family, next.throwerId);
        const others = receivers.roots.filter((root) => !roots.has(root));
        if (others.length > 0) throw new ReachesFurther(others);
        agenda.push(...receivers.commands);
        continue;
      }
      const { instanceId, command } = next;
      const isGiven = given.get(instanceId) === command;
      const state = command.kind === 'start' ? null : await family.state(instanceId);
      if (command.kind === 'start') startedDefinitionIds.push(command.definitionId);
      else if (state === null) {
        // Ended meanwhile by the same unit of work, or to be deleted and already gone.
        if (!isGiven && (family.hasEnded(instanceId) || command.kind === 'deleteInstance')) continue;
        throw noInstance(instanceId);
      }
      if (!isGiven && command.kind === 'deliverSignal' && !isSubscribed(state, command.subscriptionId)) {
        if (family.hasChanged(instanceId)) continue; // by an event before it in this unit of work
        throw new RevisionConflict(`Instance '${instanceId}' no longer waits for a signal`);
      }
      const outcome = await complete(env, () => execute(instanceId, state, command, env));
      family.decided(instanceId, outcome.state, outcome.changes);
      agenda.push(...outcome.followUps);
      const tenantId = (command.kind === 'start' ? command.tenantId : state?.tenantId) ?? null;
      const tenantIds = tenantId === null ? [null] : [tenantId, null];
      for (const signal of outcome.signals) agenda.push({ signal: { ...signal, tenantIds }, throwerId: instanceId });
      if (given.has(instanceId)) answers.set(instanceId, toAnswer(outcome, answers.get(instanceId) ?? null));
    }
    const unit = { instances: family.touched(), changes: family.changes, startedDefinitionIds, within: options.within };
    await this.committer.commit(unit);
    for (const { id, before, after } of unit.instances) {
      if (!after) this.hot.delete(id);
      else {
        this.hot.set(id, { ...after, revision: (before?.revision ?? 0) + 1 });
        this.roots.set(id, after.rootProcessInstanceId);
      }
    }
    announce(unit, this.events, now);
    return work.commands.map(({ instanceId }) => answers.get(instanceId)!);
  }

  private async rootOf(instanceId: string): Promise<string> {
    const known = this.roots.get(instanceId);
    if (known !== undefined) return known;
    const [row] = await this.database.query<{ root: string }>(
      'SELECT root_process_instance_id AS root FROM process_instance WHERE id = $1',
      [instanceId],
    );
    if (!row) throw noInstance(instanceId);
    this.roots.set(instanceId, row.root);
    return row.root;
  }
}

/** Decides again whenever something had to be loaded. */
async function complete<T>(env: CommandEnvironment, decide: () => T): Promise<T> {
  for (;;) {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof MissingResource)) throw error;
      await env.load(error);
    }
  }
}

/** What the first instance's last command says: a called instance that ends at once lets it go on after its own command. */
function toAnswer(outcome: Outcome, before: Answer | null): Answer {
  const { state, result } = outcome;
  const own = state?.nodes.get(state.id)?.variables;
  return { state, result: before && own ? { ended: false, variables: own } : result };
}
