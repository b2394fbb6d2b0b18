import type { Behavior, Step } from '../behaviors/behavior.js';
import { BpmnErrorSignal, ExecutionError } from '../errors.js';
import type { Element, SequenceFlow } from '../model/process-model.js';
import { addNode } from './add-node.js';
import { calledFacts } from './called-facts.js';
import { carryOut } from './carry-out.js';
import { catchingErrors } from './catching-errors.js';
import { rememberCompleted } from './compensation-memory.js';
import { cancelInside, end } from './ending.js';
import { mapInputs, mapOutputs, viewOf } from './evaluation.js';
import { activityStarted, instanceEnded } from './history.js';
import { runListeners, runListenersAtOnce, runTakeListeners, tokenOn } from './listeners.js';
import type { Op, Run } from './run.js';
import { setVariablesLocal } from './scope-variables.js';
import type { ActivityNode } from './state.js';
import { armAttachedEvents, createJob, endOwnWaits } from './waits.js';

/** Elements that one command may enter before it counts as an endless loop. */
const ENTER_LIMIT = 1_000_000;

/** A token reaches an element: the activity instance begins, or waits for its asynchronous continuation. */
export function arrive(
  run: Run,
  { element, scopeId, flowId, hasHappened, starts, compensatedFor, variables }: Extract<Op, { op: 'arrive' }>,
): void {
  if (++run.entered > ENTER_LIMIT)
    throw new ExecutionError(
      `Expected process '${run.model.key}' to reach a wait state or its end, but it entered ${ENTER_LIMIT} elements in one go; the last is '${element.id}'`,
    );
  if (element.asyncBefore) {
    const node = addNode(run, element, scopeId, 'async-before', flowId, compensatedFor);
    setVariablesLocal(run, node.id, variables);
    // what the token knows must survive the wait
    if (hasHappened || starts) run.state.edit(node.id).data = { hasHappened, starts: starts?.map(({ id }) => id) };
    createJob(run, node.id, element, {
      type: 'async-continuation',
      configuration: 'async-before',
      dueDate: null,
      repeat: null,
    });
    return;
  }
  const node = addNode(run, element, scopeId, 'active', flowId, compensatedFor);
  activityStarted(run, node, element);
  setVariablesLocal(run, node.id, variables);
  run.next({ op: 'begin', nodeId: node.id, hasHappened, starts });
}

/** The asynchronous continuation before an activity has come: the transition becomes an activity instance. */
export function continueBefore(run: Run, nodeId: string): void {
  const node = run.state.edit(nodeId);
  node.phase = 'active';
  node.startedAt = run.now.getTime();
  activityStarted(run, node, run.elementOf(node));
  const { hasHappened, starts } = (node.data ?? {}) as { hasHappened?: boolean; starts?: readonly string[] };
  node.data = undefined;
  run.next({ op: 'begin', nodeId, hasHappened, starts: starts?.flatMap((id) => run.model.elements.get(id) ?? []) });
}

/** Begins a scope around something that is put into it: all that surrounds its work, but not the work. */
export function enterScope(run: Run, element: Element, parentId: string): ActivityNode {
  const node = addNode(run, element, parentId, 'active', null);
  activityStarted(run, node, element);
  mapInputs(run, node, element.inputs);
  armAttachedEvents(run, node.id);
  runListenersAtOnce(run, node, element.listeners, 'start');
  return run.state.node(node.id);
}

export function begin(run: Run, { nodeId, hasHappened, starts }: Extract<Op, { op: 'begin' }>): void {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  catchingErrors(run, nodeId, () => {
    mapInputs(run, node, element.inputs);
    armAttachedEvents(run, nodeId);
    if (element.listeners.length > 0) {
      const then = { do: 'enter', hasHappened, starts: starts?.map(({ id }) => id) } as const;
      if (!runListeners(run, node, element.listeners, 'start', then)) return;
    }
    afterStart(run, { nodeId, hasHappened, starts });
  });
}

/** What waits at the activity instance may happen at once; then its own work begins. */
export function afterStart(run: Run, start: Omit<Extract<Op, { op: 'enter' }>, 'op'>): void {
  if (!run.model.hasConditions) return enter(run, start);
  run.starting.add(start.nodeId);
  run.next({ op: 'offerConditions', nodeId: start.nodeId }, { op: 'enter', ...start });
}

/** Everything around the activity is in place; its own work begins. */
export function enter(run: Run, { nodeId, hasHappened, starts }: Omit<Extract<Op, { op: 'enter' }>, 'op'>): void {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  catchingErrors(run, nodeId, () => {
    const step: Step = starts
      ? { kind: 'open', starts }
      : element.behavior.enter(element, viewOf(run, node, { hasHappened }));
    carryOut(run, nodeId, step);
  });
}

/** Something that the activity instance waited for has happened. */
export function resume(run: Run, nodeId: string, trigger: Parameters<NonNullable<Behavior['resume']>>[2]): void {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  catchingErrors(run, nodeId, () => {
    const step = element.behavior.resume?.(element, viewOf(run, node), trigger) ?? { kind: 'leave' as const };
    carryOut(run, nodeId, step);
  });
}

/** The activity instance ends; its token goes on, waits for an asynchronous continuation, or ends too. */
export function complete(run: Run, { nodeId, flows }: Extract<Op, { op: 'complete' }>): void {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  catchingErrors(run, nodeId, () => {
    if (run.state.hasChildren(nodeId) || run.hasTokenOnTheWay(nodeId)) giveUpInside(run, nodeId);
    // As in Camunda the conditions don't see what listeners and outputs are about to set.
    const leaving = flows ?? selectFlows(run, node, element);
    run.ending.add(nodeId);
    if (element.listeners.length > 0) {
      const endElementId = node.parentId === null ? (run.endElementId ?? undefined) : undefined;
      const then = { do: 'leave', flows: leaving.map(({ id }) => id), endElementId } as const;
      if (!runListeners(run, node, element.listeners, 'end', then)) return endOwnWaits(run, nodeId);
    }
    leave(run, node, element, leaving);
  });
}

/** The listeners have heard that the activity ends: it's left. */
export function leave(run: Run, node: ActivityNode, element: Element, flows: readonly SequenceFlow[]): void {
  mapOutputs(run, node, element.outputs);
  const isEnd = flows.length === 0 && node.parentId !== null;
  if (isEnd) run.endElementId = element.id;
  rememberCompleted(run, run.state.node(node.id), element);
  end(run, node.id, { canceled: false, completeScope: isEnd });
  depart(run, node, element, flows);
}

/** A scope that is done gives up what is still at work, and what was about to begin. */
function giveUpInside(run: Run, nodeId: string): void {
  run.dropSteps([nodeId]);
  cancelInside(run, nodeId);
}

/** Every flow whose condition holds, or the default. Source: BPMN 2.0.2 §13.3.2 (implicit inclusive split). */
function selectFlows(run: Run, node: ActivityNode, element: Element): readonly SequenceFlow[] {
  const candidates = element.outgoing.filter((flow) => flow !== element.defaultFlow);
  const taken = candidates.filter((flow) => flow.condition?.(viewOf(run, node)) ?? true);
  if (taken.length > 0 || element.outgoing.length === 0) return taken;
  if (element.defaultFlow) return [element.defaultFlow];
  throw new ExecutionError(
    `Expected a flow of '${element.id}' to be taken, but no condition holds and there is no default`,
    {
      elementId: element.id,
    },
  );
}

function depart(
  run: Run,
  { parentId, compensatedFor }: ActivityNode,
  element: Element,
  flows: readonly SequenceFlow[],
): void {
  if (parentId === null) return run.next({ op: 'endInstance' });
  if (compensatedFor === undefined && scopeDecides(run, parentId)) return;
  if (element.asyncAfter) {
    const waiting = flows.length > 0 ? flows.map(({ id }) => id) : [null];
    for (const flowId of waiting) {
      const node = addNode(run, element, parentId, 'async-after', flowId, compensatedFor);
      createJob(run, node.id, element, {
        type: 'async-continuation',
        configuration: 'async-after',
        dueDate: null,
        repeat: null,
      });
    }
    return;
  }
  if (compensatedFor !== undefined) return;
  if (flows.length === 0) return run.next({ op: 'settle', scopeId: parentId });
  run.next(...flows.map((flow): Op => ({ op: 'take', flow, scopeId: parentId })));
}

/** Some scopes look at each activity that is left inside them, and may not let its token go on. */
function scopeDecides(run: Run, scopeId: string): boolean {
  const scopeNode = run.state.node(scopeId);
  if (scopeNode.listener) return false;
  const scope = run.elementOf(scopeNode);
  let decided = false;
  catchingErrors(run, scopeId, () => {
    const step = scope.behavior.childLeft?.(scope, viewOf(run, run.state.node(scopeId)));
    if (!step) return;
    decided = true;
    carryOut(run, scopeId, step);
  });
  return decided;
}

/** The asynchronous continuation after an activity has come: the token goes on by the flow that was chosen. */
export function continueAfter(run: Run, nodeId: string): void {
  const node = run.state.node(nodeId);
  const flow = run.elementOf(node).outgoing.find(({ id }) => id === node.flowId);
  run.state.remove(nodeId);
  if (node.compensatedFor !== undefined) return run.next({ op: 'handlerEnded', waitingId: node.compensatedFor });
  const scopeId = node.parentId ?? '';
  run.next(flow ? { op: 'take', flow, scopeId } : { op: 'settle', scopeId });
}

export function take(run: Run, { flow, scopeId, variables }: Extract<Op, { op: 'take' }>): void {
  if (flow.listeners.length > 0 && !listenersOfFlow(run, flow, scopeId, {})) return;
  run.next({ op: 'arrive', element: flow.target, scopeId, flowId: flow.id, variables });
}

/**
 * What the listeners of a flow throw goes outwards from the token on the flow, as in Camunda.
 * @param more of the token that goes along the flow: what has happened; where it waits, once it does
 * @returns whether the token can go on
 */
export function listenersOfFlow(
  run: Run,
  flow: SequenceFlow,
  scopeId: string,
  more: { readonly hasHappened?: boolean; readonly waitingId?: string; readonly from?: number },
): boolean {
  try {
    return runTakeListeners(run, flow, scopeId, { do: 'arrive', hasHappened: more.hasHappened }, more);
  } catch (error) {
    if (!(error instanceof BpmnErrorSignal)) throw error;
    const nodeId = more.waitingId ?? tokenOn(run, flow.id, flow.source.id, scopeId);
    run.next({ op: 'throwError', nodeId, errorCode: error.errorCode, errorMessage: error.errorMessage });
    return false;
  }
}

/** A scope ends when nothing inside it is alive. */
export function settle(run: Run, { scopeId }: Extract<Op, { op: 'settle' }>): void {
  if (!run.state.has(scopeId) || run.state.hasChildren(scopeId) || run.hasTokenOnTheWay(scopeId)) return;
  const node = run.state.node(scopeId);
  if (node.phase === 'compensating') return; // whoever undoes in it ends it
  if (node.listener) return; // it hasn't begun, or ends already
  const owner = node.phase === 'token' ? run.state.node(node.parentId ?? '') : node;
  const element = run.elementOf(owner);
  const { behavior } = element;
  if (behavior.childEnded) {
    const { childEnded } = behavior;
    return catchingErrors(run, owner.id, () =>
      carryOut(run, owner.id, childEnded(element, viewOf(run, owner), viewOf(run, node))),
    );
  }
  const step = element.behavior.completed?.(element, viewOf(run, node)) ?? { kind: 'leave' as const };
  carryOut(run, scopeId, step);
}

/** The process instance has ended by itself: history, and the call activity that waits for it. */
export function endInstance(run: Run): void {
  const { header } = run.state;
  instanceEnded(run, 'COMPLETED', null);
  if (header.superProcessInstanceId === null || header.superActivityInstanceId === null) return;
  run.followUps.push({
    instanceId: header.superProcessInstanceId,
    command: {
      kind: 'calledInstanceEnded',
      activityInstanceId: header.superActivityInstanceId,
      calledInstanceId: header.id,
      called: calledFacts(run, run.endElementId),
      variables: run.endedWith ?? {},
    },
  });
}
