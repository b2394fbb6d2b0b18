import type { Variables } from '../runtime/typed-value.js';

/** How the running instances of one definition become instances of another one. Plain data: it can be a file. */
export interface MigrationPlan {
  readonly sourceDefinitionId: string;
  readonly targetDefinitionId: string;
  readonly instructions: readonly MigrationInstruction[];
  /** Set in every instance when it has migrated. */
  readonly variables?: Variables;
}

/** Activity instances of the source go on as activity instances of the target. */
export interface MigrationInstruction {
  /** Null where a plan from outside names none; that is reported. */
  readonly sourceActivityId: string | null;
  readonly targetActivityId: string | null;
  /** The event's message name, due date or condition is taken from the target instead of staying as it was. */
  readonly updateEventTrigger: boolean;
  /**
   * What begins beside the target, in the same scope, for each activity instance that migrates: one activity has become
   * several.
   */
  readonly alsoStartActivityIds?: readonly string[];
  /** What of a waiting activity instance is taken from the target; what isn't named is as in Camunda. */
  readonly refresh?: Refresh;
}

/**
 * `keep` leaves it as it is, `refresh` makes it as it would be if the activity began now. Without a word, `form` is
 * refreshed, `timer` and `message` go by `updateEventTrigger`, and everything else is kept.
 */
export type Refresh = { readonly [A in RefreshAspect]?: 'keep' | 'refresh' };

export type RefreshAspect = (typeof REFRESH_ASPECTS)[number];

/** `assignee` means the candidates too, `dueDate` the follow-up date, `message` signals, `retries` those of jobs too. */
export const REFRESH_ASPECTS = [
  'topic',
  'retries',
  'inputMapping',
  'assignee',
  'dueDate',
  'timer',
  'message',
  'form',
] as const;

/** What is wrong with a plan, by instruction; those without a failure aren't listed. */
export interface PlanReport {
  readonly instructions: readonly {
    readonly instruction: MigrationInstruction;
    readonly failures: readonly string[];
  }[];
}

/** Why an instance can't migrate by a plan that is valid itself. */
export interface InstanceReport {
  readonly processInstanceId: string;
  readonly failures: readonly string[];
  readonly activityInstances: readonly NodeReport[];
  /** Those that wait for an asynchronous continuation. */
  readonly transitionInstances: readonly NodeReport[];
}

export interface NodeReport {
  readonly instanceId: string;
  /** The element, or for the whole instance its definition's id. */
  readonly sourceScopeId: string;
  readonly instruction: MigrationInstruction | null;
  readonly failures: readonly string[];
}

export function canMigrate({ failures, activityInstances, transitionInstances }: InstanceReport): boolean {
  return failures.length + activityInstances.length + transitionInstances.length === 0;
}
