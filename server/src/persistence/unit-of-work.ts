import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Change,
  type Command,
  type CommandResult,
  EngineError,
  type Environment,
  execute,
  type FollowUp,
  footprintOf,
  heldStartConditions,
  type InstanceState,
  InvalidCommandError,
  inOrder,
  type Outcome,
  type StartInstance,
  type Variables,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { announce } from './announce.js';
import { CommandEnvironment, complete, noInstance } from './command-environment.js';
import { operationOf } from './command-operation.js';
import { CommitEvents } from './commit-events.js';
import type { Committer, Guard, LatestDefinition, MigrationSnapshot, UnitOfWorkResult } from './committer.js';
import { isConflict, isUndone, isUnstorableText, RevisionConflict } from './conflicts.js';
import type { Database } from './database.js';
import { Family } from './family.js';
import { foldChanges } from './fold-changes.js';
import { GuardFailed } from './guard-failed.js';
import { InstanceLoader } from './instance-store.js';
import { LruMap } from './lru-map.js';
import { OptimisticLockingError } from './optimistic-locking-error.js';
import type { Resources } from './resources.js';
import { RootFinder } from './root-finder.js';
import { findSignalReceivers, isSubscribed, type Signal } from './signal-receivers.js';
import { StateCache } from './state-cache.js';
import { Turns } from './turns.js';
import { operationChanges } from './user-operations.js';
import { newId } from './uuid-v7.js';

export interface RunOptions {
  /** Who sent the command. */
  readonly userId?: string | null;
  /** Locks that must still be held when the command is committed. @throws GuardFailed by the call otherwise */
  readonly guards?: readonly Guard[];
  /** Rows that belong to no instance and change with it. */
  readonly changes?: readonly Change[];
  /** False when the user operation log has told of it already, as for each item of a batch. */
  readonly isLogged?: boolean;
  /** Keeps each instance as it was before its command, so that it can be put back. */
  readonly snapshot?: SnapshotOptions;
  /** Committed without other commands on the same instances, so that the revision tells whether something came between. */
  readonly isAlone?: boolean;
}

export interface SnapshotOptions {
  readonly migrationId: string;
  readonly batchId: string | null;
}

export interface StartOptions extends RunOptions {
  /**
   * The definition is meant as the newest version of its key, or as the canary, as far as one is known.
   * @throws OutdatedDefinition by the call when it isn't
   */
  readonly asLatest?: Pick<LatestDefinition, 'canaryId'>;
  /** Of the instance to be, where its id has decided on something already. */
  readonly instanceId?: string;
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
  readonly options: StartOptions;
  readonly resolve: (answers: Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What a unit of work has decided, beside the instances and changes that its family gathers. */
interface Decision {
  /** What the user operation log says of it. */
  readonly operations: readonly Change[];
  readonly work: Work;
  readonly answers: Answer[];
  readonly startedDefinitionIds: readonly string[];
  readonly calledDefinitionIds: readonly string[];
  readonly snapshots: readonly MigrationSnapshot[];
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
/** Of one family's commands that are decided together. */
const MAX_GROUP = 200;
const KNOWN_ROOTS = 50_000;
const KNOWN_TASKS = 50_000;

/**
 * One command and its follow-ups on other instances of the family are one transaction: runtime rows, history and jobs
 * are committed together or not at all, and nobody is answered before that.
 *
 * Commands of one family (the instances below one root) are decided one after the other within a server; those that wait
 * for their turn at the same time are decided on each other's results and committed together. A signal reaches other
 * families: then the work takes its turn in all of them. Against other servers the revision of each instance's row is
 * checked; who comes second decides again on what is stored then.
 */
@Injectable()
export class UnitOfWork {
  private readonly turns = new Turns<Work>((works, roots) => this.runGroup(works, roots), MAX_GROUP);
  /** States as they were committed last, by this server. The revision check makes it harmless that one may be old. */
  private readonly hot: StateCache;
  private readonly roots = new LruMap<string, string>(KNOWN_ROOTS);
  /** User and external tasks that this server created: the instances that they belong to. */
  private readonly holders = new LruMap<string, string>(KNOWN_TASKS);
  private readonly loader: InstanceLoader;
  private readonly rootFinder: RootFinder;

  constructor(
    private readonly database: Database,
    private readonly resources: Resources,
    private readonly committer: Committer,
    private readonly events: CommitEvents,
    private readonly logger: Logger,
    cacheBytes: number,
  ) {
    this.hot = new StateCache(cacheBytes);
    this.loader = new InstanceLoader(database);
    this.rootFinder = new RootFinder(database);
  }

  /** @throws EngineError, OptimisticLockingError after the last attempt; NotFoundError for an unknown instance */
  async run(instanceId: string, command: Command, options: RunOptions = {}): Promise<CommandResult> {
    const root = await this.rootOf(instanceId);
    const [answer] = await this.inTurn([root], [{ instanceId, command }], options);
    return answer!.result;
  }

  /** Commands on several instances, one for each, all or none. @throws as `run` */
  async runAll(commands: readonly FollowUp[], options: RunOptions = {}): Promise<void> {
    const roots = await Promise.all(commands.map(({ instanceId }) => this.rootOf(instanceId)));
    await this.inTurn(roots, commands, options);
  }

  /** Creates an instance, in `command.rootProcessInstanceId`'s family if one is given. @throws as `run`; SuspendedError */
  async start(command: Omit<StartInstance, 'kind'>, options: StartOptions = {}): Promise<Started> {
    const [started] = await this.startEach([{ instanceId: options.instanceId ?? newId(), command }], options);
    return started!;
  }

  /** Creates several instances, all or none. @throws as `start` */
  async startAll(commands: readonly Omit<StartInstance, 'kind'>[], options: StartOptions = {}): Promise<Started[]> {
    return this.startEach(
      commands.map((command) => ({ instanceId: newId(), command })),
      options,
    );
  }

  private async startEach(
    given: readonly { readonly instanceId: string; readonly command: Omit<StartInstance, 'kind'> }[],
    options: StartOptions,
  ): Promise<Started[]> {
    const starts = given.map(({ instanceId, command }) => ({
      instanceId,
      command: { ...command, kind: 'start' as const },
    }));
    const roots = starts.map(({ instanceId, command }) => command.rootProcessInstanceId ?? instanceId);
    const answers = await this.inTurn(roots, starts, options);
    return starts.map(({ instanceId }, i) => ({ instanceId, ...answers[i]! }));
  }

  /** To all that wait for it and all processes that start by it; all of them or none. @throws as `run` */
  async throwSignal(signal: Signal, options: RunOptions = {}): Promise<void> {
    await this.inTurn([], [], options, signal);
  }

  /** The start events whose conditions hold for these variables; nothing happens. @throws NotFoundError, EvaluationError */
  heldStartConditions(definitionId: string, variables: Variables): Promise<readonly string[]> {
    const env = new CommandEnvironment(this.resources, new Family(async () => null), new Date(), null);
    return complete(env, () => heldStartConditions(definitionId, variables, env));
  }

  /** Decides without doing it: nothing is stored, and what was decided is the caller's to look at. @throws as `decide` */
  tryOut<T>(decide: (env: Environment) => T, userId: string | null = null): Promise<T> {
    const env = new CommandEnvironment(this.resources, new Family((id) => this.loader.load(id)), new Date(), userId);
    return complete(env, () => decide(env));
  }

  /** The state of an instance as this server committed it last; somebody else may have changed it since. */
  lastKnown(instanceId: string): InstanceState | undefined {
    return this.hot.get(instanceId);
  }

  /** The process instance that a user or external task belongs to, if this server has created it not too long ago. */
  instanceOf(taskId: string): string | undefined {
    return this.holders.get(taskId);
  }

  /** Forgets all states, after instances were changed by other means than commands. */
  forgetStates(): void {
    this.hot.clear();
  }

  private inTurn(
    roots: readonly string[],
    commands: readonly FollowUp[],
    options: StartOptions,
    signal?: Signal,
  ): Promise<Answer[]> {
    return new Promise((resolve, reject) => {
      this.turns.enter({ commands, options, resolve, reject, ...(signal && { signal }) }, [...new Set(roots)]);
    });
  }

  /** Never throws: every work is told its own outcome. */
  private async runGroup(group: readonly Work[], roots: readonly string[]): Promise<void> {
    if (group.length > 1 && group.some(isAlone)) {
      for (const part of apart(group)) await this.runGroup(part, roots);
      return;
    }
    let works = group;
    for (let attempt = 1; works.length > 0; attempt++) {
      const started = performance.now();
      const family = this.newFamily();
      const { decisions, again } = await this.decideAll(works, family, roots, attempt);
      works = again;
      if (decisions.length === 0) continue;
      const unit = unitOf(decisions, family);
      try {
        await this.committer.commit(unit);
      } catch (error) {
        this.forgetHot(family);
        const undone = await this.afterFailure(
          decisions.map(({ work }) => work),
          roots,
          attempt,
          error,
        );
        works = [...works, ...undone];
        continue;
      }
      this.remember(unit);
      announce(unit, this.events, new Date());
      for (const { work, answers } of decisions) {
        this.log(work, attempt, performance.now() - started);
        work.resolve(answers);
      }
    }
  }

  /** Each on the results of those before it. @returns what was decided, and what has to be decided on stored states */
  private async decideAll(works: readonly Work[], family: CachedFamily, roots: readonly string[], attempt: number) {
    const decisions: Decision[] = [];
    const again: Work[] = [];
    for (const work of works) {
      const before = family.mark();
      try {
        decisions.push(await this.decide(work, family, roots));
      } catch (error) {
        family.backTo(before);
        // A refusal was decided on a state that nobody has checked: another server may know better.
        if (family.hot.size > 0 && error instanceof EngineError) again.push(work);
        else if (error instanceof ReachesFurther) this.turns.enter(work, [...new Set([...roots, ...error.roots])]);
        else if (!isConflict(error)) work.reject(error);
        else if (attempt < ATTEMPTS) again.push(work);
        else work.reject(lost(work, error));
      }
    }
    if (again.length > 0) this.forgetHot(family);
    return { decisions, again };
  }

  /** Nothing was committed. @returns what may succeed at another attempt; the rest was told what is wrong */
  private async afterFailure(
    works: readonly Work[],
    roots: readonly string[],
    attempt: number,
    error: unknown,
  ): Promise<readonly Work[]> {
    if (error instanceof GuardFailed) {
      const isGuilty = ({ options }: Work) => options.guards?.some(({ id }) => id === error.id) ?? false;
      for (const { reject } of works.filter(isGuilty)) reject(error);
      return works.filter((work) => !isGuilty(work));
    }
    if (isConflict(error) && attempt < ATTEMPTS) {
      await sleep(Math.random() * 4 * 2 ** attempt);
      return works;
    }
    if (isConflict(error)) for (const work of works) work.reject(lost(work, error));
    // One of several is at fault: each gets a commit of its own. Not so when nobody knows whether this one was done.
    else if (works.length > 1 && isUndone(error)) for (const work of works) await this.runGroup([work], roots);
    else for (const { reject } of works) reject(isUnstorableText(error) ? unstorable(error) : error);
    return [];
  }

  private async decide(work: Work, family: CachedFamily, roots: readonly string[]): Promise<Decision> {
    const { commands, signal, options } = work;
    const env = new CommandEnvironment(this.resources, family, new Date(), options.userId ?? null);
    const startedDefinitionIds: string[] = [];
    const calledDefinitionIds: string[] = [];
    const operations: Change[] = [];
    const snapshots: SnapshotDraft[] = [];
    let reachesOthers = signal !== undefined;
    const answers = new Map<string, Answer>();
    const given = new Map(commands.map(({ instanceId, command }) => [instanceId, command]));
    const changedHere = new Set<string>();
    const agenda: (FollowUp | SignalStep)[] = [...commands];
    if (signal) agenda.push({ signal, throwerId: null });
    // In the order in which they were decided: what an instance starts is there before it can be told to end.
    for (let next = agenda.shift(); next; next = agenda.shift()) {
      if ('signal' in next) {
        reachesOthers = true;
        const receivers = await findSignalReceivers(this.database, next.signal, family, next.throwerId);
        const others = receivers.roots.filter((root) => !roots.includes(root));
        if (others.length > 0) throw new ReachesFurther(others);
        agenda.push(...receivers.commands);
        continue;
      }
      const { instanceId, command } = next;
      const isGiven = given.get(instanceId) === command;
      reachesOthers ||= !isGiven;
      const state = command.kind === 'start' ? null : await family.state(instanceId);
      if (command.kind === 'start')
        (command.superProcessInstanceId ? calledDefinitionIds : startedDefinitionIds).push(command.definitionId);
      else if (state === null) {
        // Ended meanwhile by the same unit of work, or to be deleted and already gone.
        if (!isGiven && (family.hasEnded(instanceId) || command.kind === 'deleteInstance')) continue;
        throw noInstance(instanceId);
      }
      if (!isGiven && command.kind === 'deliverSignal' && !isSubscribed(state, command.subscriptionId)) {
        if (changedHere.has(instanceId)) continue; // by an event before it in this unit of work
        throw new RevisionConflict(`Instance '${instanceId}' no longer waits for a signal`);
      }
      const outcome = await complete(env, () => execute(instanceId, state, command, env));
      family.decided(instanceId, outcome.state, outcome.changes);
      changedHere.add(instanceId);
      if (isGiven && options.snapshot && state && outcome.state)
        snapshots.push({ before: state, after: outcome.state, footprint: footprintOf(outcome.changes) });
      const operation = isGiven && options.isLogged !== false ? operationOf(command, state, instanceId) : null;
      if (operation) operations.push(...operationChanges(options.userId ?? null, operation));
      const { beforeSignals, signals, afterSignals } = inOrder(outcome);
      agenda.push(...beforeSignals);
      const tenantId = (command.kind === 'start' ? command.tenantId : state?.tenantId) ?? null;
      const tenantIds = tenantId === null ? [null] : [tenantId, null];
      for (const thrown of signals) agenda.push({ signal: { ...thrown, tenantIds }, throwerId: instanceId });
      agenda.push(...afterSignals);
      if (given.has(instanceId)) answers.set(instanceId, toAnswer(outcome, answers.get(instanceId) ?? null));
    }
    return {
      work,
      startedDefinitionIds,
      calledDefinitionIds,
      operations,
      snapshots: options.snapshot ? snapshots.map((draft) => toSnapshot(draft, options, reachesOthers)) : [],
      answers: commands.map(({ instanceId }) => answers.get(instanceId)!),
    };
  }

  private newFamily(): CachedFamily {
    const family = new CachedFamily((id) => {
      const hot = this.hot.get(id);
      if (!hot) return this.loader.load(id);
      family.hot.add(id);
      return Promise.resolve(hot);
    });
    return family;
  }

  /** Whatever went wrong, the next attempt starts from what is stored. */
  private forgetHot(family: CachedFamily): void {
    for (const id of family.hot) this.hot.delete(id);
  }

  private remember(unit: UnitOfWorkResult): void {
    for (const { id, before, after } of unit.instances) {
      if (!after) this.hot.delete(id);
      else {
        this.hot.set(id, { ...after, revision: (before?.revision ?? 0) + 1 });
        this.roots.set(id, after.rootProcessInstanceId);
      }
    }
    for (const change of unit.changes) {
      if (change.table !== 'userTask' && change.table !== 'externalTask') continue;
      if (change.op === 'insert')
        this.holders.set(change.id, (change.row as { processInstanceId: string }).processInstanceId);
      else if (change.op === 'delete') this.holders.delete(change.id);
    }
  }

  private async rootOf(instanceId: string): Promise<string> {
    const known = this.roots.get(instanceId);
    if (known !== undefined) return known;
    const root = await this.rootFinder.find(instanceId);
    if (root === null) throw noInstance(instanceId);
    this.roots.set(instanceId, root);
    return root;
  }

  private log({ commands: [first] }: Work, attempt: number, ms: number): void {
    if (!this.logger.isLevelEnabled('debug')) return;
    const fields = { instanceId: first?.instanceId, command: first?.command.kind ?? 'signal', attempt };
    this.logger.debug({ ...fields, ms: Math.round(ms) }, 'command');
  }
}

class CachedFamily extends Family {
  /** Whose states came from this server's memory. */
  readonly hot = new Set<string>();
}

function unitOf(decisions: readonly Decision[], family: Family): UnitOfWorkResult {
  const options = decisions.map(({ work }) => work.options);
  const others = decisions.flatMap(({ work, operations }) => [...operations, ...(work.options.changes ?? [])]);
  return {
    instances: family.touched(),
    changes: foldChanges([...family.changes, ...(others.length > 0 ? [others] : [])]),
    startedDefinitionIds: decisions.flatMap(({ startedDefinitionIds }) => startedDefinitionIds),
    calledDefinitionIds: decisions.flatMap(({ calledDefinitionIds }) => calledDefinitionIds),
    latestDefinitions: decisions.flatMap(
      ({
        work: {
          commands,
          options: { asLatest },
        },
      }) =>
        asLatest
          ? commands.flatMap(({ command }) =>
              command.kind === 'start' ? { id: command.definitionId, canaryId: asLatest.canaryId } : [],
            )
          : [],
    ),
    guards: options.flatMap(({ guards }) => guards ?? []),
    snapshots: decisions.flatMap(({ snapshots }) => snapshots),
  };
}

interface SnapshotDraft extends Pick<MigrationSnapshot, 'before' | 'footprint'> {
  readonly after: InstanceState;
}

function toSnapshot(draft: SnapshotDraft, options: StartOptions, reachesOthers: boolean): MigrationSnapshot {
  const { after, ...of } = draft;
  const { migrationId = '', batchId = null } = options.snapshot ?? {};
  const blocked = reachesOthers
    ? 'By its migration something happened in other instances, which would not be undone'
    : null;
  const userId = options.userId ?? null;
  return { ...of, id: newId(), migrationId, batchId, userId, targetDefinitionId: after.definitionId, blocked };
}

function isAlone({ options }: Work): boolean {
  return options.snapshot !== undefined || (options.isAlone ?? false);
}

/** In their order: those that must be alone each by itself, the others with their neighbours. */
function apart(group: readonly Work[]): readonly (readonly Work[])[] {
  const parts: Work[][] = [];
  let open: Work[] | null = null;
  for (const work of group) {
    if (open && !isAlone(work)) {
      open.push(work);
      continue;
    }
    const part = [work];
    parts.push(part);
    open = isAlone(work) ? null : part;
  }
  return parts;
}

function lost({ commands: [first], signal }: Work, cause: unknown): OptimisticLockingError {
  const subject = first ? `process instance '${first.instanceId}'` : `what hears '${signal?.name}'`;
  return new OptimisticLockingError(
    `Expected ${subject} to stay as it was loaded, but it was changed by somebody else; tried ${ATTEMPTS} times`,
    {},
    { cause },
  );
}

function unstorable(cause: unknown): InvalidCommandError {
  return new InvalidCommandError('Expected text that can be stored, but it has the character U+0000', {}, { cause });
}

/** What the first instance's last command says: a called instance that ends at once lets it go on after its own command. */
function toAnswer(outcome: Outcome, before: Answer | null): Answer {
  const { state, result } = outcome;
  const own = state?.nodes.get(state.id)?.variables;
  return { state, result: before && own ? { ended: false, variables: own } : result };
}
