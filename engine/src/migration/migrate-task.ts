import type { Element } from '../model/process-model.js';
import { viewOf } from '../runtime/evaluation.js';
import type { Run } from '../runtime/run.js';

/** Name, assignee, candidates, priority and dates stay; the form is the target's. */
export function migrateTask(run: Run, nodeId: string, target: Element): void {
  const { task } = run.state.node(nodeId);
  if (!task) return;
  const { definitionId: processDefinitionId, definitionKey: processDefinitionKey } = run.state.header;
  const place = { processDefinitionId, processDefinitionKey, elementId: target.id };
  run.changes.update('userTask', task.id, { ...place, ...formColumns(run, nodeId, target) });
  run.changes.update('historicTask', task.id, place);
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
