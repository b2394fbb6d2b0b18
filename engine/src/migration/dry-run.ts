import { deadJoins } from '../analysis/dead-joins.js';
import { unwrittenVariables } from '../analysis/unwritten-variables.js';
import { EngineError, MigratingInstanceError, MigrationPlanError, MissingResource } from '../errors.js';
import type { ProcessModel } from '../model/process-model.js';
import type { Environment } from '../ports.js';
import type { Command } from '../runtime/commands.js';
import { execute } from '../runtime/execute.js';
import type { InstanceState, JobState } from '../runtime/state.js';
import type { InstanceReport } from './plan.js';

export type Verdict = 'clean' | 'attention' | 'refused';

/** Why an instance isn't clean. `code` is public contract. */
export interface Finding {
  readonly code:
    | 'not-migratable'
    | 'fails'
    | 'ends'
    | 'join-never-completes'
    | 'variable-never-written'
    | 'timer-due-at-once';
  /** Null where it concerns the instance as a whole. */
  readonly elementId: string | null;
  readonly message: string;
}

export interface DryRun {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Of a refusal: what `migrate` would be refused with. */
  readonly report: InstanceReport | null;
  /** As the instance would stand afterwards; null when it wouldn't migrate, or would end by it. */
  readonly after: InstanceState | null;
}

/**
 * What would become of an instance: it's migrated for real, and thrown away. 'attention' would migrate, but something
 * deserves a look before.
 * @throws MigrationPlanError when the plan itself isn't valid; MissingResource asks for a reload
 */
export function dryRun(state: InstanceState, command: Extract<Command, { kind: 'migrate' }>, env: Environment): DryRun {
  try {
    const { state: after } = execute(state.id, state, command, env);
    const { sourceDefinitionId, targetDefinitionId } = command.plan;
    const findings = after
      ? consequences(state, env.model(sourceDefinitionId), after, env.model(targetDefinitionId), env.now)
      : [{ code: 'ends', elementId: null, message: 'The instance ends by its migration' } as const];
    return { verdict: findings.length > 0 ? 'attention' : 'clean', findings, report: null, after };
  } catch (error) {
    if (!(error instanceof EngineError) || error instanceof MissingResource || error instanceof MigrationPlanError)
      throw error;
    const isReported = error instanceof MigratingInstanceError;
    const findings = isReported ? refusals(error.report) : [];
    const failure = { code: 'fails', elementId: elementNamed(error), message: error.message } as const;
    return {
      verdict: 'refused',
      findings: findings.length > 0 ? findings : [failure],
      report: isReported ? error.report : null,
      after: null,
    };
  }
}

function elementNamed({ details }: EngineError): string | null {
  const { elementId } = details;
  return typeof elementId === 'string' ? elementId : null;
}

function refusals({ failures, activityInstances, transitionInstances }: InstanceReport): Finding[] {
  const code = 'not-migratable';
  return [
    ...failures.map((message) => ({ code, elementId: null, message }) as const),
    ...[...activityInstances, ...transitionInstances].flatMap((node) =>
      node.failures.map((message) => ({ code, elementId: node.sourceScopeId, message }) as const),
    ),
  ];
}

function consequences(
  before: InstanceState,
  source: ProcessModel,
  after: InstanceState,
  target: ProcessModel,
  now: Date,
): Finding[] {
  const missed = new Set(unwrittenVariables(before, source).map(({ name }) => name));
  return [
    ...deadJoins(after, target).map(({ elementId, waiting, missingFlows }) => ({
      code: 'join-never-completes' as const,
      elementId,
      message: `This join can never complete: ${waiting > 0 ? 'a token waits' : 'a token would wait'} for one that no living token can bring (${missingFlows.join(', ')})`,
    })),
    // What the source lacked just as much isn't the migration's doing.
    ...unwrittenVariables(after, target)
      .filter(({ name }) => !missed.has(name))
      .map(({ name, elementId }) => ({
        code: 'variable-never-written' as const,
        elementId,
        message: `Variable '${name}' is read and never written: the instance doesn't have it, and nothing in the target on the way there writes it`,
      })),
    ...dueAtOnce(before, after, now),
  ];
}

/** Timers that the migration makes due; one that was due before isn't its doing. */
function dueAtOnce(before: InstanceState, after: InstanceState, now: Date): Finding[] {
  const known = new Map(jobsOf(before).map((job) => [job.id, job.dueDate]));
  return jobsOf(after)
    .filter(({ id, dueDate }) => dueDate !== null && dueDate <= now.getTime() && known.get(id) !== dueDate)
    .map(({ elementId, dueDate }) => ({
      code: 'timer-due-at-once',
      elementId,
      message: `The timer would be due at once (${new Date(dueDate ?? 0).toISOString()})`,
    }));
}

function jobsOf({ nodes }: InstanceState): JobState[] {
  return [...nodes.values()].flatMap(({ jobs }) => jobs ?? []);
}
