import type { TaskPlan } from '../behaviors/behavior.js';
import type { Element } from '../model/process-model.js';
import { viewOf } from '../runtime/evaluation.js';
import { insertIdentityLink } from '../runtime/identity-links.js';
import type { Run } from '../runtime/run.js';
import type { IdentityLinkState, TaskState } from '../runtime/state.js';
import { candidateLinks } from '../runtime/waits.js';
import type { CompiledPlan } from './compile-plan.js';
import type { Refresh } from './plan.js';
import { waitAt } from './wait-at.js';

/** Name, assignee, candidates, priority and dates stay, and the form is the target's; or as the instruction says. */
export function migrateTask(
  run: Run,
  { definition }: CompiledPlan,
  nodeId: string,
  target: Element,
  refresh: Refresh,
): void {
  const { task } = run.state.node(nodeId);
  if (!task) return;
  const place = { ...definition, elementId: target.id };
  const form = refresh.form === 'keep' ? {} : formColumns(run, nodeId, target);
  run.changes.update('userTask', task.id, { ...place, ...form });
  run.changes.update('historicTask', task.id, place);
  if (refresh.assignee !== 'refresh' && refresh.dueDate !== 'refresh') return;
  const plan = waitAt(run, nodeId, target, 'userTask')?.task;
  if (!plan) return;
  if (refresh.assignee === 'refresh') assignAnew(run, nodeId, task, plan);
  if (refresh.dueDate === 'refresh') setDates(run, nodeId, plan);
}

/** Candidates that the target doesn't name go, whoever added them. */
function assignAnew(run: Run, nodeId: string, task: TaskState, plan: TaskPlan): void {
  const wanted = candidateLinks(run, plan);
  const stays = task.identityLinks.filter((link) => link.type !== 'candidate' || isAmong(wanted, link));
  const added = wanted.filter((link) => !isAmong(stays, link));
  for (const link of task.identityLinks) if (!stays.includes(link)) run.changes.delete('identityLink', link.id);
  for (const link of added) insertIdentityLink(run, task.id, link);
  const { assignee } = plan;
  run.state.edit(nodeId).task = { ...task, assignee, identityLinks: [...stays, ...added] };
  for (const table of ['userTask', 'historicTask'] as const) run.changes.update(table, task.id, { assignee });
  run.changes.update('historicActivityInstance', nodeId, { assignee });
}

function isAmong(links: readonly IdentityLinkState[], { type, userId, groupId }: IdentityLinkState): boolean {
  return links.some((link) => link.type === type && link.userId === userId && link.groupId === groupId);
}

function setDates(run: Run, nodeId: string, { dueDate, followUpDate }: TaskPlan): void {
  const node = run.state.edit(nodeId);
  if (!node.task) return;
  const [due, followUp] = [dueDate?.getTime() ?? null, followUpDate?.getTime() ?? null];
  node.task = { ...node.task, dueDate: due, followUpDate: followUp };
  for (const table of ['userTask', 'historicTask'] as const)
    run.changes.update(table, node.task.id, { dueDate, followUpDate });
}

function formColumns(run: Run, nodeId: string, target: Element) {
  const form = target.behavior.form?.(target);
  const view = viewOf(run, run.state.node(nodeId));
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value));
  const version = form?.kind === 'ref' && form.version ? Number(form.version.evaluate(view) ?? Number.NaN) : Number.NaN;
  return {
    formKey: form?.kind === 'key' ? text(form.key.evaluate(view)) : null,
    formRef: form?.kind === 'ref' ? text(form.ref.evaluate(view)) : null,
    formRefBinding: form?.kind === 'ref' ? form.binding : null,
    formRefVersion: Number.isInteger(version) ? version : null,
  };
}
