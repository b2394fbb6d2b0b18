import type { InstanceReport, MigrationPlan, PlanReport } from './migration/plan.js';

/** Base of every error a caller may act on. `code` is public contract and never changes its meaning. */
export abstract class EngineError extends Error {
  abstract readonly code: string;

  constructor(
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** One thing wrong with a resource, at a place a person can go to. `line` and `column` count from 1. */
export interface Problem {
  readonly message: string;
  readonly elementId?: string;
  /** Every element that has part in the problem, the main one first. */
  readonly elementIds?: readonly string[];
  readonly line?: number;
  readonly column?: number;
}

/** A resource that can't be deployed: syntax errors, or constructs that the engine can't execute. */
export class ParseError extends EngineError {
  readonly code = 'PARSE_ERROR';

  constructor(
    readonly resourceName: string,
    readonly problems: readonly Problem[],
    readonly warnings: readonly Problem[] = [],
  ) {
    super(
      problems
        .map((p) => `${p.message} | ${resourceName} | line ${p.line ?? '?'} | column ${p.column ?? '?'}`)
        .join('\n'),
      { resourceName, problems },
    );
  }
}

/** An expression, FEEL or JUEL, that can't be compiled. `offset` counts characters from the start of the text. */
export class ExpressionSyntaxError extends EngineError {
  readonly code = 'EXPRESSION_SYNTAX';

  constructor(
    readonly expression: string,
    reason: string,
    readonly offset?: number,
  ) {
    super(`Expected a valid expression, but '${expression}' is not: ${reason}`, { expression, offset });
  }
}

/**
 * An expression or script that compiled but failed when it was evaluated: unknown name, wrong type, exception.
 * Of a decision `details.fault` is `hit-policy` where the rules that fit don't go together, `decision` where a value isn't of its
 * type.
 */
export class EvaluationError extends EngineError {
  readonly code = 'EVALUATION_FAILED';
}

/** The command doesn't fit the state: an unknown task, a message nobody waits for, an ended instance. */
export class NotFoundError extends EngineError {
  readonly code = 'NOT_FOUND';
}

/** The command's own data is wrong: a missing name, a value that isn't of its type. */
export class InvalidCommandError extends EngineError {
  readonly code = 'INVALID_COMMAND';
}

/** The instance, its definition, a task or a job is suspended, so that it can't be worked on. */
export class SuspendedError extends EngineError {
  readonly code = 'SUSPENDED';
}

/** Of a command that needs its process instance to be at work. */
export function suspended(instanceId: string): SuspendedError {
  return new SuspendedError(`Expected process instance '${instanceId}' to be active, but it is suspended`, {
    instanceId,
  });
}

/**
 * The process itself can't go on: no flow to take, an endless loop, a failed script. Fails the command or the job.
 * `details.fault` is `number-format` where a text should have been a number, `no-such-element` where a list is too short,
 * `class-cast` where a value should have been a text.
 */
export class ExecutionError extends EngineError {
  readonly code = 'EXECUTION_FAILED';
}

/** A migration plan whose instructions don't fit the two definitions, or each other. */
export class MigrationPlanError extends EngineError {
  readonly code = 'MIGRATION_PLAN_INVALID';

  constructor(
    { sourceDefinitionId, targetDefinitionId }: Pick<MigrationPlan, 'sourceDefinitionId' | 'targetDefinitionId'>,
    readonly report: PlanReport,
  ) {
    super(
      [
        `Migration plan for process definition '${sourceDefinitionId}' to '${targetDefinitionId}' is not valid:`,
        ...report.instructions.flatMap(({ instruction, failures }) => [
          `\tMigration instruction from '${instruction.sourceActivityId}' to '${instruction.targetActivityId}' is not valid:`,
          ...failures.map((failure) => `\t\t${failure}`),
        ]),
      ].join('\n'),
    );
  }
}

/** An instance in a state that a valid migration plan has no answer to. */
export class MigratingInstanceError extends EngineError {
  readonly code = 'MIGRATING_INSTANCE_INVALID';

  constructor(readonly report: InstanceReport) {
    const nodes = [...report.activityInstances, ...report.transitionInstances];
    super(
      [
        `Cannot migrate process instance '${report.processInstanceId}':`,
        ...report.failures.map((failure) => `\t${failure}`),
        ...nodes.flatMap(({ sourceScopeId, instanceId, failures }) => [
          `\tCannot migrate '${sourceScopeId}' (${instanceId}):`,
          ...failures.map((failure) => `\t\t${failure}`),
        ]),
      ].join('\n'),
    );
  }
}

/**
 * The engine needs something that the environment hasn't loaded yet: a process model, a decision, an instance.
 * Commands are pure, so the runner loads it and runs the command again.
 */
export class MissingResource extends Error {
  constructor(
    readonly kind: 'model' | 'decision' | 'instance' | 'call-target' | 'decision-target',
    readonly id: string,
    /** What identifies it, for kinds that are looked up by more than an id. */
    readonly query: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${kind} '${id}' is not loaded`);
    this.name = 'MissingResource';
  }
}

/** A BPMN error thrown by an expression or script (`throw new BpmnError(code)`), as data for the runtime. */
export class BpmnErrorSignal extends Error {
  constructor(
    readonly errorCode: string,
    readonly errorMessage: string | null = null,
  ) {
    super(`BPMN error '${errorCode}'${errorMessage === null ? '' : `: ${errorMessage}`}`);
    this.name = 'BpmnErrorSignal';
  }
}
