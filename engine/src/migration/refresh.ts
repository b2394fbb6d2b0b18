import type { Element } from '../model/process-model.js';
import { evaluateInputs } from '../runtime/evaluation.js';
import { closeIncidents } from '../runtime/incidents.js';
import { setJobRetries } from '../runtime/jobs.js';
import type { Run } from '../runtime/run.js';
import { removeVariable } from '../runtime/scope-variables.js';
import { DEFAULT_RETRIES } from '../runtime/waits.js';
import { waitAt } from './wait-at.js';

/** The inputs of the target are evaluated now, where the activity has begun; those that only the source had go. */
export function refreshInputs(run: Run, nodeId: string, source: Element, target: Element): void {
  const node = run.state.node(nodeId);
  if (node.phase !== 'active') return;
  const kept = new Set(target.inputs.map(({ name }) => name));
  for (const { name } of source.inputs) if (!kept.has(name)) removeVariable(run, nodeId, name);
  evaluateInputs(run, run.state.node(nodeId), target.inputs);
}

/** Work for another topic is other work: whoever holds it by the old one loses it. */
export function refreshTopic(run: Run, nodeId: string, target: Element): void {
  const { externalTask } = run.state.node(nodeId);
  const wait = externalTask && waitAt(run, nodeId, target, 'externalTask');
  if (!wait) return;
  const { topic: topicName, properties = {} } = wait;
  run.state.edit(nodeId).externalTask = { ...externalTask, topicName };
  const moved = topicName !== externalTask.topicName;
  run.changes.update('externalTask', externalTask.id, {
    topicName,
    extensionProperties: { ...target.extensionProperties, ...properties },
    ...(moved && { workerId: null, lockExpiresAt: null }),
  });
}

/** As if no worker had tried it. */
export function refreshTaskRetries(run: Run, nodeId: string): void {
  const { externalTask } = run.state.node(nodeId);
  if (!externalTask) return;
  const { id, topicName, priority } = externalTask;
  run.state.edit(nodeId).externalTask = { id, topicName, priority };
  run.changes.update('externalTask', id, { retries: null, errorMessage: null, errorDetails: null });
  closeIncidents(run, run.state.node(nodeId), ({ configuration }) => configuration === id, 'resolved');
}

/** As if it had never been run: the target's retry cycle counts from its first failure on. */
export function refreshJobRetries(run: Run, nodeId: string, jobId: string): void {
  if (!run.state.node(nodeId).jobs?.some(({ id }) => id === jobId)) return;
  setJobRetries(run, jobId, DEFAULT_RETRIES);
  const node = run.state.edit(nodeId);
  node.jobs = node.jobs?.map((job) => (job.id === jobId ? { ...job, hasFailed: false } : job));
}
