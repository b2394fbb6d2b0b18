import type { EventTrigger } from '../behaviors/behavior.js';
import { type Element, UNNAMED_FLOW } from './process-model.js';

type Problem = (element: Element, reason: string) => void;

/** What can only be judged of a scope as a whole: two events that wait for the same, events in the wrong place. */
export function checkScope(scope: Element, problem: Problem): void {
  for (const child of scope.children) {
    checkEscalationHosts(child, problem);
    if (child.asyncAfter && child.outgoing.some(({ id }) => id.startsWith(UNNAMED_FLOW)))
      problem(child, `Expected the flows that leave '${child.id}' to have ids, since it goes on asynchronously`);
  }
  const inside = scope.eventSubProcesses.flatMap(({ startEvents }) => startEvents);
  checkInterrupting(inside, problem);
  refuseSameSubscription([...scope.boundaryEvents, ...inside], problem);
  refuseSameEscalation(scope.boundaryEvents, problem);
  refuseSameEscalation(inside, problem);
  if (scope.scope === null) {
    refuseSameSubscription(scope.startEvents, problem);
    refuseSameCondition(scope.startEvents, problem);
  }
  for (const child of scope.children)
    if (child.children.length > 0) checkScope(child, problem);
    else {
      refuseSameSubscription(child.boundaryEvents, problem);
      refuseSameEscalation(child.boundaryEvents, problem);
    }
}

/** Source: BPMN 2.0.2 §10.5.2, table 10.87: these can only interrupt. Where a compensation starts nothing is left to interrupt. */
function checkInterrupting(starts: readonly Element[], problem: Problem): void {
  for (const start of starts) {
    if (triggerOf(start)?.kind === 'error' && !start.interrupting)
      problem(start, 'Expected an event sub-process that starts by an error event to be interrupting');
  }
}

/** Source: BPMN 2.0.2 §10.5.6: only what can escalate has such a boundary event. */
function checkEscalationHosts(activity: Element, problem: Problem): void {
  const { type } = activity.repeats ?? activity;
  if (escalating.has(type)) return;
  for (const event of activity.boundaryEvents)
    if (triggerOf(event)?.kind === 'escalation')
      problem(
        event,
        `Expected an escalation boundary event at a sub-process, call activity or user task, but it is at a ${type}`,
      );
}

const escalating = new Set(['subProcess', 'transaction', 'adHocSubProcess', 'callActivity', 'userTask']);

/** Messages and signals by name, as they are written. */
function refuseSameSubscription(events: readonly Element[], problem: Problem): void {
  refuseSame(events, problem, (trigger) =>
    trigger.kind === 'message' || trigger.kind === 'signal' ? `${trigger.kind} '${trigger.name.source}'` : null,
  );
}

function refuseSameCondition(events: readonly Element[], problem: Problem): void {
  refuseSame(events, problem, (trigger) => (trigger.kind === 'conditional' ? `condition '${trigger.source}'` : null));
}

/** An event without a code catches every escalation, so it must be the only one in its place. */
function refuseSameEscalation(events: readonly Element[], problem: Problem): void {
  const catching = events.filter((event) => triggerOf(event)?.kind === 'escalation');
  const all = catching.some((event) => codeOf(event) === null);
  if (all && catching.length > 1)
    for (const event of catching.slice(1))
      problem(
        event,
        'Expected an escalation event without a code to be the only one here, since it catches every escalation',
      );
  else
    refuseSame(catching, problem, (trigger) => (trigger.kind === 'escalation' ? `escalation '${trigger.code}'` : null));
}

function refuseSame(
  events: readonly Element[],
  problem: Problem,
  what: (trigger: EventTrigger) => string | null,
): void {
  const seen = new Map<string, Element>();
  for (const event of events) {
    const trigger = triggerOf(event);
    const waitsFor = trigger && what(trigger);
    if (!waitsFor) continue;
    const first = seen.get(waitsFor);
    if (first) problem(event, `Expected one event for ${waitsFor} here, but '${first.id}' waits for it too`);
    else seen.set(waitsFor, event);
  }
}

function codeOf(event: Element): string | null {
  const trigger = triggerOf(event);
  return trigger?.kind === 'escalation' ? trigger.code : null;
}

function triggerOf(element: Element): EventTrigger | null {
  return element.behavior.trigger?.(element.config) ?? null;
}
