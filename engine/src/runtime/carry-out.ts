import type { CallPlan, Step } from '../behaviors/behavior.js';
import { ExecutionError } from '../errors.js';
import type { Element, SequenceFlow } from '../model/process-model.js';
import { addNode } from './add-node.js';
import { cancelInside, end } from './ending.js';
import { resolveBinding, viewOf } from './evaluation.js';
import { runListenersAtOnce } from './listeners.js';
import type { Op, Run } from './run.js';
import { setVariablesLocal } from './scope-variables.js';
import { waitFor } from './waits.js';

/** Does what a behavior has decided. */
export function carryOut(run: Run, nodeId: string, step: Step): void {
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
