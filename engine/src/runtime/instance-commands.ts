import { InvalidCommandError, NotFoundError } from '../errors.js';
import type { Command } from './commands.js';
import { cancel, cancelInside, end } from './ending.js';
import { viewOf } from './evaluation.js';
import { eventHappened } from './events.js';
import { instanceEnded } from './history.js';
import { closeIncidents, openIncident } from './incidents.js';
import { resume } from './lifecycle.js';
import { runListenersAtOnce } from './listeners.js';
import type { Op, Run } from './run.js';
import { setVariables, setVariablesLocal, variablesAt } from './scope-variables.js';
import type { ActivityNode, SubscriptionState } from './state.js';

type InstanceCommand<K extends Command['kind']> = Extract<Command, { kind: K }>;

export function deliverSignal(run: Run, command: InstanceCommand<'deliverSignal'>): void {
  deliverMessage(run, { ...command, kind: 'deliverMessage' });
}

/** An event for a subscription that may have gone meanwhile. */
export function deliver(run: Run, { subscriptionId, variables }: Extract<Op, { op: 'deliver' }>): void {
  if (run.state.waitingFor(subscriptionId)) deliverMessage(run, { kind: 'deliverMessage', subscriptionId, variables });
}

export function deliverMessage(run: Run, command: InstanceCommand<'deliverMessage'>): void {
  const { node, subscription } = findSubscription(run, command.subscriptionId);
  const event = run.model.elements.get(subscription.elementId);
  if (!event)
    throw new NotFoundError(
      `Expected element '${subscription.elementId}' in process '${run.model.key}', but it isn't there`,
    );
  setVariablesLocal(run, node.id, command.localVariables);
  eventHappened(run, node, event, command.variables);
}

function findSubscription(
  run: Run,
  id: string,
): { readonly node: ActivityNode; readonly subscription: SubscriptionState } {
  const node = run.state.waitingFor(id);
  const subscription = node?.subscriptions?.find((each) => each.id === id);
  if (node && subscription) return { node, subscription };
  throw new NotFoundError(
    `Expected an event subscription '${id}' in process instance '${run.state.header.id}', but there is none`,
    { id },
  );
}

export function signalExecution(run: Run, { activityInstanceId, variables }: InstanceCommand<'signalExecution'>): void {
  const node = run.state.node(activityInstanceId);
  const waits = node.phase === 'active' && node.parentId !== null && node.calledInstanceId === undefined;
  if (!waits || node.listener || run.state.hasChildren(node.id))
    throw new InvalidCommandError(
      `Expected '${activityInstanceId}' to be an activity that waits, but it can't be signalled`,
      { activityInstanceId },
    );
  setVariables(run, node.id, variables);
  resume(run, node.id, { kind: 'signal', variables });
}

export function changeVariables(run: Run, { scopeId, set, remove, local }: InstanceCommand<'setVariables'>): void {
  if (local) setVariablesLocal(run, scopeId, set);
  else setVariables(run, scopeId, set);
  const variables = variablesAt(run, scopeId);
  for (const name of remove ?? [])
    if (local) variables.removeLocal(name);
    else variables.remove(name);
}

export function setSuspended(run: Run, { suspended }: InstanceCommand<'setSuspended'>): void {
  const { header } = run.state;
  header.suspended = suspended;
  run.changes.update('historicProcessInstance', header.id, { state: suspended ? 'SUSPENDED' : 'ACTIVE' });
  for (const { task, externalTask, jobs } of run.state.all()) {
    if (task) run.changes.update('userTask', task.id, { suspended });
    if (externalTask) run.changes.update('externalTask', externalTask.id, { suspended });
    for (const { id } of jobs ?? []) run.changes.update('job', id, { suspended });
  }
}

export function setBusinessKey(run: Run, { businessKey }: InstanceCommand<'setBusinessKey'>): void {
  run.state.header.businessKey = businessKey;
  run.changes.update('historicProcessInstance', run.state.header.id, { businessKey });
}

/** Cancels everything that is alive; the history says who ended it. */
export function deleteInstance(run: Run, command: InstanceCommand<'deleteInstance'>): void {
  run.skipListeners = command.skipCustomListeners ?? false;
  run.skipIoMappings = command.skipIoMappings ?? false;
  run.endedFromOutside = !command.internal;
  run.deleteReason = command.reason;
  endCancelledInstance(run, command.internal ? 'INTERNALLY_TERMINATED' : 'EXTERNALLY_TERMINATED', command.reason);
  if (!command.byCaller) tellCaller(run, command.reason);
}

/** That the instance was deleted. */
function tellCaller(run: Run, reason: string | null): void {
  const { superProcessInstanceId, superActivityInstanceId } = run.state.header;
  if (superProcessInstanceId === null || superActivityInstanceId === null) return;
  run.followUps.push({
    instanceId: superProcessInstanceId,
    command: { kind: 'calledInstanceDeleted', activityInstanceId: superActivityInstanceId, reason },
  });
}

/** Cancels everything and ends the instance. */
export function endCancelledInstance(
  run: Run,
  state: 'INTERNALLY_TERMINATED' | 'EXTERNALLY_TERMINATED',
  reason: string | null,
): void {
  const { root } = run.state;
  cancelInside(run, root.id);
  if (root.listener?.event !== 'end') runListenersAtOnce(run, root, run.model.root.listeners, 'end');
  end(run, root.id, { canceled: true, completeScope: false });
  instanceEnded(run, state, reason);
}

export function resolveIncident(run: Run, { incidentId }: InstanceCommand<'resolveIncident'>): void {
  for (const node of run.state.all()) {
    if (!node.incidents?.some(({ id }) => id === incidentId)) continue;
    return closeIncidents(run, node, ({ id }) => id === incidentId, 'resolved');
  }
  throw new NotFoundError(`Expected an incident '${incidentId}', but there is none`, { incidentId });
}

export function calledInstanceEnded(run: Run, command: InstanceCommand<'calledInstanceEnded'>): void {
  const node = release(run, command);
  if (node) resume(run, node.id, { kind: 'called', variables: command.variables, called: command.called });
}

/** The call activity, no longer bound to what it called; null when an event has cancelled it meanwhile. */
export function release(
  run: Run,
  { activityInstanceId, calledInstanceId }: { readonly activityInstanceId: string; readonly calledInstanceId: string },
): ActivityNode | null {
  if (run.state.find(activityInstanceId)?.calledInstanceId !== calledInstanceId) return null;
  const node = run.state.edit(activityInstanceId);
  node.calledInstanceId = undefined;
  return node;
}

export function calledInstanceThrewError(run: Run, command: InstanceCommand<'calledInstanceThrewError'>): void {
  const node = release(run, command);
  if (!node) return;
  const element = run.elementOf(node);
  element.behavior.calledFailed?.(element, viewOf(run, node), command.variables, command.called);
  run.next({ op: 'throwError', nodeId: node.id, errorCode: command.errorCode, errorMessage: command.errorMessage });
}

/** The call activity is cancelled, and every scope that is empty without it. */
export function calledInstanceDeleted(
  run: Run,
  { activityInstanceId, reason }: InstanceCommand<'calledInstanceDeleted'>,
): void {
  if (!run.state.has(activityInstanceId)) return;
  run.state.edit(activityInstanceId).calledInstanceId = undefined;
  let { parentId } = run.state.node(activityInstanceId);
  cancel(run, activityInstanceId);
  while (parentId !== null && !run.state.hasChildren(parentId)) {
    const scope = run.state.node(parentId);
    if (scope.parentId === null) {
      endCancelledInstance(run, 'EXTERNALLY_TERMINATED', reason);
      tellCaller(run, reason);
      return;
    }
    cancel(run, scope.id);
    parentId = scope.parentId;
  }
}

export function calledInstanceIncident(run: Run, command: InstanceCommand<'calledInstanceIncident'>): void {
  const node = run.state.find(command.activityInstanceId);
  if (!node) return;
  openIncident(run, node.id, {
    type: command.type,
    message: command.message,
    elementId: node.elementId,
    failedElementId: node.elementId,
    configuration: null,
    causeIncidentId: command.incidentId,
    rootCauseIncidentId: command.rootCauseIncidentId,
  });
}

/** The node may have gone already, and its incidents with it. */
export function calledInstanceIncidentResolved(
  run: Run,
  { causeIncidentId }: InstanceCommand<'calledInstanceIncidentResolved'>,
): void {
  for (const node of run.state.all())
    closeIncidents(
      run,
      node,
      (incident) => incident.causeIncidentId === causeIncidentId && incident.id !== causeIncidentId,
      'resolved',
    );
}
