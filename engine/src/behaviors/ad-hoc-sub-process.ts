import { ExecutionError } from '../errors.js';
import { extensions, many, one, text } from '../model/moddle.js';
import type { Condition, Element } from '../model/process-model.js';
import type { Expression } from '../ports.js';
import type { ActivityView, Behavior, Step } from './behavior.js';

interface AdHocConfig {
  readonly sequential: boolean;
  /** Looked at whenever an activity inside has been completed; without it the scope ends when nothing is left to do. */
  readonly completionCondition: Condition | null;
  /** What is still at work when the condition holds is cancelled, else awaited. */
  readonly cancelRemaining: boolean;
  /** Which activities are done: a list of ids; null for all that no flow leads to. */
  readonly activities: Expression | null;
}

/** The name of the extension property, as Camunda 8 calls it. */
const ACTIVITIES = 'activeElementsCollection';

/**
 * A scope without start event: its activities without incoming flow are done in any order, all at once or one after the
 * other, until the completion condition holds or nothing is left. Source: BPMN 2.0.2 §10.3.5.2, §13.3.5.
 */
export const adHocSubProcess: Behavior<AdHocConfig> = {
  parse(source, context) {
    if (source.get('triggeredByEvent') === true)
      context.refuse(source, 'Expected an ad-hoc sub-process that a flow leads to, but it is triggered by an event');
    const formal = one(source, 'completionCondition');
    const property = extensions(source, 'camunda:Properties')
      .flatMap((holder) => many(holder, 'values'))
      .find((each) => text(each, 'name') === ACTIVITIES);
    const activities = property && text(property, 'value');
    return {
      sequential: source.get('ordering') === 'Sequential',
      completionCondition: formal && context.condition(source, formal),
      cancelRemaining: source.get('cancelRemainingInstances') !== false,
      activities: activities ? context.expression(source, activities, `'${ACTIVITIES}'`) : null,
    };
  },
  activityType: () => 'adHocSubProcess',
  migratesAs: () => 'adHocSubProcess',
  pathsMayEnd: true,
  check(element, problem) {
    if (enabled(element).length === 0)
      problem('Expected an ad-hoc sub-process to have an activity that no sequence flow leads to');
    for (const child of element.children)
      if (child.type === 'startEvent' || child.type === 'endEvent')
        problem(`Expected an ad-hoc sub-process without start and end events, but there is '${child.id}'`);
    for (const id of idsIn(element.config.activities?.literal ?? ''))
      if (!enabledById(element, id))
        problem(`Expected '${ACTIVITIES}' to name activities inside that no flow leads to, but there is '${id}'`);
  },
  enter(element, view) {
    const chosen = chosenActivities(element, view);
    if (!element.config.sequential) return { kind: 'open', starts: chosen };
    return inTurn(
      chosen.map(({ id }) => id),
      element,
    );
  },
  childLeft(element, view) {
    if (runsOut(view)) return { kind: 'runOut' };
    const { completionCondition, cancelRemaining, sequential } = element.config;
    if (!completionCondition?.(view)) return null;
    // with one activity at a time nothing else is at work
    return cancelRemaining || sequential ? { kind: 'leave' } : { kind: 'runOut' };
  },
  completed(element, view) {
    return element.config.sequential && !runsOut(view) ? inTurn(waitingTurn(view), element) : { kind: 'leave' };
  },
};

/** What the standard calls enabled at the beginning. */
function enabled(element: Element): Element[] {
  const reached = new Set(element.children.flatMap((child) => child.behavior.leadsTo?.(child) ?? []));
  return element.children.filter(
    (child) =>
      child.incoming.length === 0 &&
      !child.attachedTo &&
      !child.isForCompensation &&
      !reached.has(child) &&
      !element.eventSubProcesses.includes(child),
  );
}

/** An activity that is repeated is known by its own id. */
function enabledById(element: Element, id: string): Element | undefined {
  return enabled(element).find((child) => child.id === id || child.repeats?.id === id);
}

function chosenActivities(element: Element<AdHocConfig>, view: ActivityView): readonly Element[] {
  const { activities } = element.config;
  if (!activities) return enabled(element);
  const value = activities.evaluate(view);
  const ids = typeof value === 'string' ? idsIn(value) : value;
  if (!Array.isArray(ids))
    throw new ExecutionError(
      `Expected '${ACTIVITIES}' of '${element.id}' to be a list of activity ids, but '${activities.source}' is '${String(value)}'`,
      { elementId: element.id },
    );
  return ids.map((id) => {
    const child = enabledById(element, String(id));
    if (child) return child;
    throw new ExecutionError(
      `Expected '${ACTIVITIES}' of '${element.id}' to name activities inside that no flow leads to, but there is '${String(id)}'`,
      { elementId: element.id },
    );
  });
}

function idsIn(list: string): string[] {
  return list
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
}

/** The first of them begins, the others wait for their turn. */
function inTurn([next, ...later]: readonly string[], element: Element): Step {
  const child = next === undefined ? undefined : element.children.find(({ id }) => id === next);
  return child ? { kind: 'open', starts: [child], keep: { later } } : { kind: 'leave' };
}

function waitingTurn({ node }: ActivityView): readonly string[] {
  return (node.data?.later ?? []) as readonly string[];
}

function runsOut({ node }: ActivityView): boolean {
  return node.data?.runsOut === true;
}
