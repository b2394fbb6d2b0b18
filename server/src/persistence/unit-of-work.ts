import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Command,
  type CommandResult,
  EngineError,
  execute,
  type FollowUp,
  type InstanceState,
  InvalidCommandError,
  MissingResource,
  type Outcome,
  type StartInstance,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { announce } from './announce.js';
import { CommandEnvironment, noInstance } from './command-environment.js';
import { CommitEvents } from './commit-events.js';
import type { Committer } from './committer.js';
import { isConflict, isUnstorableText } from './conflicts.js';
import type { Database, Transaction } from './database.js';
import { Family } from './family.js';
import { loadInstance } from './instance-store.js';
import { KeyedQueue } from './keyed-queue.js';
import { LruMap } from './lru-map.js';
import { OptimisticLockingError } from './optimistic-locking-error.js';
import type { Resources } from './resources.js';
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

const ATTEMPTS = 5;
const HOT_INSTANCES = 2_000;
const KNOWN_ROOTS = 50_000;

/**
 * One command and its follow-ups on other instances of the family are one transaction: runtime rows, history and jobs
 * are committed together or not at all, and nobody is answered before that.
 *
 * Commands of one family (the instances below one root) run one after the other within a server. Against other servers
 * the revision of each instance's row is checked; who comes second decides again on what is stored then.
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
    const answer = await this.families.run(root, () => this.attempt({ instanceId, command }, options));
    return answer.result;
  }

  /** Creates an instance, in `command.rootProcessInstanceId`'s family if one is given. @throws as `run`; SuspendedError */
  async start(command: Omit<StartInstance, 'kind'>, options: RunOptions = {}): Promise<Started> {
    const instanceId = newId();
    const first = { instanceId, command: { ...command, kind: 'start' as const } };
    const answer = await this.families.run(command.rootProcessInstanceId ?? instanceId, () =>
      this.attempt(first, options),
    );
    return { instanceId, ...answer };
  }

  /** Forgets all states, after instances were changed by other means than commands. */
  forgetStates(): void {
    this.hot.clear();
  }

  private async attempt(first: FollowUp, options: RunOptions): Promise<Answer> {
    const started = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.runOnce(first, options);
        this.logger.debug(
          {
            instanceId: first.instanceId,
            command: first.command.kind,
            attempt,
            ms: Math.round(performance.now() - started),
          },
          'command',
        );
        return answer;
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
            `Expected process instance '${first.instanceId}' to stay as it was loaded, but it was changed by somebody else; tried ${ATTEMPTS} times`,
            {},
            { cause: error },
          );
        await sleep(Math.random() * 4 * 2 ** attempt);
      }
    }
  }

  private async runOnce(first: FollowUp, options: RunOptions): Promise<Answer> {
    let usedHot = false;
    const family = new Family((id) => {
      const hot = this.hot.get(id);
      if (!hot) return loadInstance(this.database, id);
      usedHot = true;
      return Promise.resolve(hot);
    });
    try {
      return await this.decideAndCommit(family, first, options);
    } catch (error) {
      // Whatever went wrong, the next one starts from what is stored.
      for (const id of family.ids()) this.hot.delete(id);
      // A refusal was decided on a state that nobody has checked: another server may know better.
      if (usedHot && error instanceof EngineError) return this.runOnce(first, options);
      throw error;
    }
  }

  private async decideAndCommit(family: Family, first: FollowUp, options: RunOptions): Promise<Answer> {
    const now = new Date();
    const env = new CommandEnvironment(this.resources, family, now, options.userId ?? null);
    const startedDefinitionIds: string[] = [];
    let answer: Answer | null = null;
    const agenda: FollowUp[] = [first];
    // In the order in which they were decided: what an instance starts is there before it can be told to end.
    for (let next = agenda.shift(); next; next = agenda.shift()) {
      const { instanceId, command } = next;
      const state = command.kind === 'start' ? null : await family.state(instanceId);
      if (command.kind === 'start') startedDefinitionIds.push(command.definitionId);
      else if (state === null) {
        // Ended meanwhile by the same unit of work, or to be deleted and already gone.
        if (next !== first && (family.hasEnded(instanceId) || command.kind === 'deleteInstance')) continue;
        throw noInstance(instanceId);
      }
      const outcome = await decide(instanceId, state, command, env);
      family.decided(instanceId, outcome.state, outcome.changes);
      agenda.push(...outcome.followUps);
      if (instanceId === first.instanceId) answer = toAnswer(outcome, answer);
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
    return answer!;
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

async function decide(
  instanceId: string,
  state: InstanceState | null,
  command: Command,
  env: CommandEnvironment,
): Promise<Outcome> {
  for (;;) {
    try {
      return execute(instanceId, state, command, env);
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
