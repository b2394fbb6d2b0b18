import { InvalidCommandError } from '../errors.js';
import { cancel, cancelInside } from '../runtime/ending.js';
import { viewOf } from '../runtime/evaluation.js';
import type { Run } from '../runtime/run.js';
import type { ActivityNode } from '../runtime/state.js';

/** Cancels from outside: instances that were called end as somebody's doing, too. */
export function cancelBy(run: Run, work: () => void): void {
  const { endedFromOutside } = run;
  run.endedFromOutside = true;
  work();
  run.endedFromOutside = endedFromOutside;
}

/** An activity instance, or one that waits for its asynchronous continuation. @throws InvalidCommandError for an unknown one */
export function cancelInstance(run: Run, instanceId: string): void {
  const node = run.state.find(instanceId);
  if (!node || node.phase === 'token')
    throw new InvalidCommandError(
      `Cannot perform instruction: Cancel activity instance '${instanceId}'; there is no such activity instance in process instance '${run.state.header.id}'`,
      { instanceId },
    );
  cancelWithScopes(run, node);
}

/** Everything that is at work at an activity; nothing is no error. */
export function cancelActivity(run: Run, activityId: string): void {
  const meant = [...run.state.all()].filter(
    ({ elementId, phase }) => elementId === activityId && phase !== 'token' && phase !== 'taking',
  );
  for (const { id } of meant) {
    const node = run.state.find(id); // it may have gone with another one
    if (node) cancelWithScopes(run, node);
  }
}

/** Also every scope around it that would be empty. The process instance itself stays, for the instructions to come. */
function cancelWithScopes(run: Run, node: ActivityNode): void {
  if (node.parentId === null) return cancelInside(run, node.id);
  let topmost = node;
  for (let scope = run.state.parent(node); scope && isOnlyOne(run, scope); scope = run.state.parent(scope)) {
    if (scope.parentId === null) break;
    topmost = scope;
  }
  const around = run.state.parent(topmost);
  cancel(run, topmost.id);
  if (around && run.state.has(around.id)) removedFrom(run, around, topmost);
}

function isOnlyOne(run: Run, scope: ActivityNode): boolean {
  return run.state.childrenOf(scope.id).length <= 1;
}

/** A multi-instance has one instance less to wait for. */
function removedFrom(run: Run, scope: ActivityNode, removed: ActivityNode): void {
  if (removed.phase !== 'token') return;
  const element = run.elementOf(scope);
  element.behavior.instances?.removed(element, viewOf(run, scope));
}
