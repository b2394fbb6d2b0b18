import { forgetCompensations } from './compensation-memory.js';
import { mapOutputs } from './evaluation.js';
import { activityEnded } from './history.js';
import { closeIncidents } from './incidents.js';
import { runListenersAtOnce } from './listeners.js';
import type { Run } from './run.js';
import { dropVariables, valuesOf } from './scope-variables.js';
import type { ActivityNode } from './state.js';
import { disarm } from './waits.js';

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
