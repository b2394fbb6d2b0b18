import type { Run } from './run.js';
import type { IdentityLinkState } from './state.js';

/** Who has what to do with a task: `candidate`, or a type of the model's own. */
export type IdentityLink = Omit<IdentityLinkState, 'id'>;

export function insertIdentityLink(run: Run, taskId: string, { id, type, userId, groupId }: IdentityLinkState): void {
  const { rootProcessInstanceId, id: processInstanceId } = run.state.header;
  run.changes.insert('identityLink', { id, type, userId, groupId, taskId, rootProcessInstanceId, processInstanceId });
}

/** @returns whether it's new */
export function linkIdentity(run: Run, nodeId: string, wanted: IdentityLink): boolean {
  const { task } = run.state.node(nodeId);
  if (!task || task.identityLinks.some((link) => isSame(link, wanted))) return false;
  const link = { id: run.env.newId(), ...wanted };
  run.state.edit(nodeId).task = { ...task, identityLinks: [...task.identityLinks, link] };
  insertIdentityLink(run, task.id, link);
  return true;
}

export function unlinkIdentity(run: Run, nodeId: string, unwanted: IdentityLink): void {
  const { task } = run.state.node(nodeId);
  if (!task) return;
  const gone = task.identityLinks.filter((link) => isSame(link, unwanted));
  run.state.edit(nodeId).task = { ...task, identityLinks: task.identityLinks.filter((link) => !gone.includes(link)) };
  for (const { id } of gone) run.changes.delete('identityLink', id);
}

function isSame(a: IdentityLink, b: IdentityLink): boolean {
  return a.type === b.type && a.userId === b.userId && a.groupId === b.groupId;
}
