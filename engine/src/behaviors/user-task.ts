import { ExecutionError } from '../errors.js';
import { documentation, type ModdleElement } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { FormReference, TaskListener } from '../model/process-model.js';
import type { Expression } from '../ports.js';
import { resolveTimer } from '../time/resolve-timer.js';
import type { ActivityView, Behavior } from './behavior.js';
import { formData } from './shared/data-use.js';
import { onlyText, optionalText } from './shared/external-work.js';
import { formAttributes, parseForm } from './shared/form.js';
import { parseNames, parseResourceRoles } from './shared/resource-roles.js';
import { parseTaskListeners, timeoutJobDefinitions } from './shared/task-listeners.js';

interface UserTaskConfig {
  readonly name: Expression | null;
  readonly description: Expression | null;
  readonly assignee: Expression | null;
  readonly candidateUsers: readonly Expression[];
  readonly candidateGroups: readonly Expression[];
  readonly dueDate: Expression | null;
  readonly followUpDate: Expression | null;
  readonly priority: Expression | null;
  readonly form: FormReference | null;
  readonly listeners: readonly TaskListener[];
}

const DEFAULT_PRIORITY = 50;

/** Work by a person, found in a task list. Source: BPMN 2.0.2 §10.3.4, §13.3.3. */
export const userTask: Behavior<UserTaskConfig> = {
  understands: [
    ...formAttributes,
    'assignee',
    'candidateUsers',
    'candidateGroups',
    'dueDate',
    'followUpDate',
    'priority',
    'camunda:TaskListener',
  ],
  parse(source, context) {
    const roles = parseResourceRoles(source, context);
    return {
      name: context.attribute(source, 'name'),
      description: describe(source, context),
      assignee: context.attribute(source, 'assignee') ?? roles.assignee,
      candidateUsers: [...parseNames(source, 'candidateUsers', context), ...roles.candidateUsers],
      candidateGroups: [...parseNames(source, 'candidateGroups', context), ...roles.candidateGroups],
      dueDate: context.attribute(source, 'dueDate'),
      followUpDate: context.attribute(source, 'followUpDate'),
      priority: context.attribute(source, 'priority'),
      form: parseForm(source, context),
      listeners: parseTaskListeners(source, context),
    };
  },
  activityType: () => 'userTask',
  migratesAs: () => 'userTask',
  form: ({ config }) => config.form,
  data: ({ config }) => formData(config.form, 'person'),
  taskListeners: ({ config }) => config.listeners,
  jobDefinitions: ({ id, config }) => timeoutJobDefinitions(id, config.listeners),
  enter: ({ config }, view) => ({ kind: 'wait', for: [{ kind: 'userTask', task: plan(config, view) }] }),
};

function describe(source: ModdleElement, context: ParseContext): Expression | null {
  const description = documentation(source);
  return description === null ? null : context.expression(source, description, 'the documentation');
}

function plan(config: UserTaskConfig, view: ActivityView) {
  const form = config.form;
  return {
    name: optionalText(config.name, view),
    description: optionalText(config.description, view),
    assignee: onlyText(config.assignee, view, 'assignee'),
    owner: null,
    priority: taskPriority(config.priority, view),
    dueDate: date(config.dueDate, view),
    followUpDate: date(config.followUpDate, view),
    candidateUsers: config.candidateUsers.flatMap((users) => names(users, view)),
    candidateGroups: config.candidateGroups.flatMap((groups) => names(groups, view)),
    formKey: form?.kind === 'key' ? optionalText(form.key, view) : null,
    formRef: form?.kind === 'ref' ? optionalText(form.ref, view) : null,
    formRefBinding: form?.kind === 'ref' ? form.binding : null,
    formRefVersion: form?.kind === 'ref' && form.version ? versionOf(form.version, view) : null,
  };
}

/** A number loses its fraction, a text must be a whole number, as in Camunda. */
function taskPriority(expression: Expression | null, view: ActivityView): number {
  const value = expression?.evaluate(view) ?? DEFAULT_PRIORITY;
  const priority = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof priority === 'number' && Number.isFinite(priority)) return Math.trunc(priority);
  if (typeof priority === 'bigint') return Number(priority);
  throw new ExecutionError(
    `Expected the priority of '${view.node.elementId}' to be a whole number, but it is '${String(value)}'`,
  );
}

/** A comma-separated text, or a list. */
function names(expression: Expression, view: ActivityView): readonly string[] {
  const value = expression.evaluate(view);
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new ExecutionError(
      `Expected the candidates of '${view.node.elementId}' to be a text or a list, but '${expression.source}' is neither`,
    );
  const list = typeof value === 'string' ? value.split(',') : value.map(String);
  return list.map((name) => name.trim()).filter((name) => name !== '');
}

/** Null for what is no version: as in Camunda that matters when somebody opens the form, not when the task begins. */
function versionOf(expression: Expression, view: ActivityView): number | null {
  const version = Number(expression.evaluate(view) ?? Number.NaN);
  return Number.isInteger(version) ? version : null;
}

/** A date, an ISO 8601 date or a duration from now. */
function date(expression: Expression | null, view: ActivityView): Date | null {
  const value = expression?.evaluate(view);
  if (value === null || value === undefined || value === '') return null;
  const kind = typeof value === 'string' && value.startsWith('P') ? 'duration' : 'date';
  return resolveTimer(kind, value, view.now).due;
}
