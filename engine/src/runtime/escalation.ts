import { calledFacts } from './called-facts.js';
import { type Catcher, findCatcher, findCatcherAbove, type Matches } from './catchers.js';
import type { Command } from './commands.js';
import { giveUp } from './error-propagation.js';
import { viewOf } from './evaluation.js';
import { fireBoundaryEvent, fireEventSubProcess } from './events.js';
import { complete } from './lifecycle.js';
import type { Op, Run } from './run.js';
import { valuesOf, variablesAt } from './scope-variables.js';

/**
 * An escalation goes outwards to the innermost event that catches it; unlike an error it need not stop anything, and
 * without a catcher nothing happens. Source: BPMN 2.0.2 §10.5.1, §13.5.3.
 */
export function throwEscalation(run: Run, { nodeId, code, ends }: Extract<Op, { op: 'escalate' }>): void {
  const catcher = findCatcher(run.state, nodeId, run.model, catches(code));
  const above = catcher ? null : findCatcherAbove(run.state.header, run.env, catches(code));
  if (above) tellSuper(run, nodeId, code);
  if (above?.event.interrupting) return giveUp(run, above.event);
  // The path goes on first, and is cancelled with everything else if the catcher interrupts.
  if (catcher?.event.interrupting) return catchEscalation(run, catcher, code);
  if (ends !== null) complete(run, { op: 'complete', nodeId, ...(ends && { flows: [] }) });
  if (catcher) catchEscalation(run, catcher, code);
}

/** Whether anybody catches it, in this instance or one that called it. */
export function isCaught(run: Run, nodeId: string, code: string): boolean {
  return Boolean(
    findCatcher(run.state, nodeId, run.model, catches(code)) ??
      findCatcherAbove(run.state.header, run.env, catches(code)),
  );
}

function catches(code: string): Matches {
  return (trigger) => {
    if (trigger.kind !== 'escalation') return null;
    if (trigger.code === null) return 'any';
    return trigger.code === code ? 'exact' : null;
  };
}

function catchEscalation(run: Run, { nodeId, event }: Catcher, code: string): void {
  const trigger = event.behavior.trigger?.(event.config);
  if (trigger?.kind === 'escalation' && trigger.codeVariable !== null)
    variablesAt(run, event.attachedTo ? (run.state.node(nodeId).parentId ?? nodeId) : nodeId).set(
      trigger.codeVariable,
      {
        type: 'String',
        value: code,
      },
    );
  if (event.attachedTo) fireBoundaryEvent(run, nodeId, event);
  else fireEventSubProcess(run, nodeId, event);
}

function tellSuper(run: Run, nodeId: string, code: string): void {
  const { header } = run.state;
  run.followUps.push({
    instanceId: header.superProcessInstanceId ?? '',
    command: {
      kind: 'calledInstanceEscalated',
      activityInstanceId: header.superActivityInstanceId ?? '',
      calledInstanceId: header.id,
      code,
      called: calledFacts(run, run.state.node(nodeId).elementId),
      variables: valuesOf(run.state.root.variables),
    },
  });
}

/** What a called instance escalated, as if its call activity had; the called instance has gone on or given up already. */
export function calledInstanceEscalated(
  run: Run,
  {
    activityInstanceId,
    calledInstanceId,
    code,
    called,
    variables,
  }: Extract<Command, { kind: 'calledInstanceEscalated' }>,
): void {
  const node = run.state.find(activityInstanceId);
  if (node?.calledInstanceId !== calledInstanceId) return;
  const element = run.elementOf(node);
  const catcher = findCatcher(run.state, activityInstanceId, run.model, catches(code));
  const interrupts = (catcher ?? findCatcherAbove(run.state.header, run.env, catches(code)))?.event.interrupting;
  if (interrupts) run.state.edit(activityInstanceId).calledInstanceId = undefined;
  element.behavior.calledFailed?.(element, viewOf(run, node), variables, called);
  run.next({ op: 'escalate', nodeId: activityInstanceId, code, ends: null });
}
