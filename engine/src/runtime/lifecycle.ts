import type { Behavior, CallPlan, Step } from '../behaviors/behavior.js';
import { BpmnErrorSignal, ExecutionError } from '../errors.js';
import type { Element, SequenceFlow } from '../model/process-model.js';
import { calledFacts } from './called-facts.js';
import { forgetCompensations, rememberCompleted } from './compensation-memory.js';
import { mapInputs, mapOutputs, resolveBinding, viewOf } from './evaluation.js';
import { activityEnded, activityStarted, instanceEnded } from './history.js';
import { closeIncidents } from './incidents.js';
import { runListeners, runListenersAtOnce, runTakeListeners, tokenOn } from './listeners.js';
import type { Op, Run } from './run.js';
import { dropVariables, setVariablesLocal, valuesOf } from './scope-variables.js';
import type { ActivityNode, Phase } from './state.js';
import { armAttachedEvents, createJob, disarm, endOwnWaits, waitFor } from './waits.js';

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

/** A node in its place, with nothing around it yet. */
export function addNode(
  run: Run,
  element: Element,
  scopeId: string,
  phase: Phase,
  flowId: string | null,
  compensatedFor?: string,
): ActivityNode {
  const node: ActivityNode = {
    id: run.env.newId(),
    elementId: element.id,
    parentId: scopeId,
    phase,
    startedAt: run.now.getTime(),
    variables: {},
    ...(flowId !== null && { flowId }),
    ...(compensatedFor !== undefined && { compensatedFor }),
  };
  run.state.add(node);
  return node;
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

/** A BPMN error thrown by an expression or script is an outcome of the activity, not a failure. */
export function catchingErrors(run: Run, nodeId: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof BpmnErrorSignal)) throw error;
    run.next({ op: 'throwError', nodeId, errorCode: error.errorCode, errorMessage: error.errorMessage });
  }
}

function carryOut(run: Run, nodeId: string, step: Step): void {
  switch (step.kind) {
    case 'wait':
      if (step.keep) run.state.edit(nodeId).data = step.keep;
      for (const wait of step.for) waitFor(run, nodeId, wait);
      if (step.for.some((wait) => wait.kind === 'event' && wait.trigger.kind === 'conditional'))
        run.next({ op: 'offerConditions', nodeId });
      return;
    case 'leave':
      return run.next({ op: 'complete', nodeId, flows: step.flows });
    case 'join':
      run.state.edit(nodeId).phase = 'joining';
      return;
    case 'merge':
      return merge(run, nodeId, step.flows);
    case 'open':
      if (step.keep) run.state.edit(nodeId).data = step.keep;
      if (step.starts.length === 0) return run.next({ op: 'complete', nodeId });
      return run.next(...step.starts.map((element): Op => ({ op: 'arrive', element, scopeId: nodeId, flowId: null })));
    case 'runOut':
      run.state.edit(nodeId).data = { runsOut: true };
      run.dropSteps([nodeId]);
      return run.next({ op: 'settle', scopeId: nodeId });
    case 'multiply':
      return multiply(run, nodeId, step);
    case 'jump':
      return jump(run, nodeId, step.to);
    case 'signal':
      return throwSignal(run, nodeId, step);
    case 'compensate':
      return run.next({ op: 'compensate', nodeId, activityId: step.activityId });
    case 'cancelTransaction':
    case 'leaveTransaction':
      return run.next({ op: step.kind, nodeId });
    case 'escalate':
      return run.next({ op: 'escalate', nodeId, code: step.code, ends: step.ends });
    case 'call':
      return call(run, nodeId, step.call);
    case 'end':
      return run.next({ op: 'complete', nodeId, flows: [] });
    case 'terminate':
      return terminate(run, nodeId);
    case 'throwError':
      return run.next({ op: 'throwError', nodeId, errorCode: step.errorCode, errorMessage: step.errorMessage });
    case 'fail':
      throw new ExecutionError(step.message, { code: step.code, elementId: run.state.node(nodeId).elementId });
  }
}

/** Each instance gets a place of its own: its loop variables live there, also after it has ended. */
function multiply(run: Run, nodeId: string, { element, tokens }: Extract<Step, { kind: 'multiply' }>): void {
  const arrivals = tokens.map((variables): Op => {
    const token = addNode(run, element, nodeId, 'token', null);
    setVariablesLocal(run, token.id, variables);
    return { op: 'arrive', element, scopeId: token.id, flowId: null };
  });
  run.next(...arrivals);
}

function jump(run: Run, nodeId: string, to: Element): void {
  const scopeId = run.state.node(nodeId).parentId ?? '';
  end(run, nodeId, { canceled: false, completeScope: false });
  run.next({ op: 'arrive', element: to, scopeId, flowId: null });
}

/** Whoever waits for it in this very instance hears it at once; the others in the same unit of work. */
function throwSignal(
  run: Run,
  nodeId: string,
  { name, businessKey, variables, ends }: Extract<Step, { kind: 'signal' }>,
): void {
  run.signals.push({ name, variables, businessKey });
  const waiting = run.state
    .listeningTo(name)
    .flatMap(({ subscriptions = [] }) =>
      subscriptions.filter(({ eventType, eventName }) => eventType === 'signal' && eventName === name),
    );
  run.next(
    ...waiting.map(({ id }): Op => ({ op: 'deliver', subscriptionId: id, variables })),
    ends ? { op: 'complete', nodeId, flows: [] } : { op: 'complete', nodeId },
  );
}

function merge(run: Run, nodeId: string, flows: readonly SequenceFlow[]): void {
  const node = run.state.node(nodeId);
  const { parentId, elementId } = node;
  const { listeners } = run.elementOf(node);
  for (const other of run.state.childrenOf(parentId ?? '')) {
    if (other.elementId !== elementId || other.phase !== 'joining') continue;
    runListenersAtOnce(run, other, listeners, 'end', false); // each token has an end of its own, as in Camunda
    end(run, other.id, { canceled: false, completeScope: false });
  }
  run.next({ op: 'complete', nodeId, flows });
}

function call(run: Run, nodeId: string, { key, binding, businessKey, variables, ...plan }: CallPlan): void {
  const { header } = run.state;
  const tenantId = plan.tenantId === undefined ? header.tenantId : plan.tenantId;
  const node = run.state.edit(nodeId);
  const definitionId = run.env.callTarget({
    callerDefinitionId: header.definitionId,
    elementId: node.elementId,
    key,
    binding: resolveBinding(binding, viewOf(run, node)),
    tenantId,
    rootProcessInstanceId: header.rootProcessInstanceId,
  });
  const instanceId = run.env.newId();
  node.calledInstanceId = instanceId;
  run.changes.update('historicActivityInstance', nodeId, { calledProcessInstanceId: instanceId });
  run.followUps.push({
    instanceId,
    command: {
      kind: 'start',
      definitionId,
      businessKey,
      tenantId,
      variables,
      superProcessInstanceId: header.id,
      superActivityInstanceId: nodeId,
      rootProcessInstanceId: header.rootProcessInstanceId,
    },
  });
}

/** Cancels everything else in the scope; the end event then ends it. Source: BPMN 2.0.2 §10.5.3. */
function terminate(run: Run, nodeId: string): void {
  const { parentId, elementId } = run.state.node(nodeId);
  const scopeId = parentId ?? '';
  const { deleteReason } = run;
  run.deleteReason = `Interrupting activity Activity(${elementId}) executed.`; // of what was called; Camunda's words
  run.dropSteps([scopeId]);
  cancelInside(run, scopeId, nodeId);
  run.deleteReason = deleteReason;
  run.next({ op: 'complete', nodeId, flows: [] });
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

/** Cancels an activity instance with all that is inside it, the innermost first. */
export function cancel(run: Run, nodeId: string): void {
  run.dropSteps([nodeId]);
  cancelInside(run, nodeId);
  endCancelled(run, nodeId);
}

/** Cancels everything inside a scope, the latest and innermost first. @param except stays, with all that is inside it */
export function cancelInside(run: Run, scopeId: string, except: string | null = null): void {
  const cancelled = run.state.inside(scopeId, except);
  run.dropSteps(cancelled.map(({ id }) => id));
  for (const { id } of cancelled) endCancelled(run, id);
}

/** Ends one activity instance as cancelled; what was in it has gone elsewhere. */
export function cancelAlone(run: Run, nodeId: string): void {
  endCancelled(run, nodeId);
}

function endCancelled(run: Run, nodeId: string): void {
  const node = run.state.node(nodeId);
  const element = run.elementOf(node);
  if (node.phase === 'active' && !isEnding(run, node)) {
    runListenersAtOnce(run, node, element.listeners, 'end');
    mapOutputs(run, node, element.outputs);
  }
  if (node.calledInstanceId !== undefined)
    run.followUps.push({
      instanceId: node.calledInstanceId,
      command: {
        kind: 'deleteInstance',
        reason: run.deleteReason,
        internal: !run.endedFromOutside,
        byCaller: true,
        skipCustomListeners: run.skipListeners,
        skipIoMappings: run.skipIoMappings,
      },
    });
  end(run, nodeId, { canceled: true, completeScope: false });
}

/** Its end listeners have begun, in this command or before. */
function isEnding(run: Run, { id, listener }: ActivityNode): boolean {
  return run.ending.has(id) || listener?.event === 'end';
}

/**
 * Removes the node with everything that hangs on it, and closes its history.
 * @param how null for a node whose history has ended before
 */
export function end(run: Run, nodeId: string, how: { canceled: boolean; completeScope: boolean } | null): void {
  const node = run.state.node(nodeId);
  disarm(run, node, how?.canceled ? 'deleted' : 'completed');
  closeIncidents(run, node, () => true, how?.canceled ? 'deleted' : 'resolved');
  forgetCompensations(run, node);
  dropVariables(run, node.variables);
  if (node.parentId === null) run.endedWith = valuesOf(node.variables);
  else if (how && (node.phase === 'active' || node.phase === 'joining')) activityEnded(run, node, how);
  run.state.remove(nodeId);
  run.ending.delete(nodeId);
  if (node.compensatedFor !== undefined) run.next({ op: 'handlerEnded', waitingId: node.compensatedFor });
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
