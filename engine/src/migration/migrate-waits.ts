import { timerConfiguration } from '../behaviors/shared/event-definition.js';
import { EvaluationError } from '../errors.js';
import type { Element, TimerDefinition } from '../model/process-model.js';
import { viewOf } from '../runtime/evaluation.js';
import type { Run } from '../runtime/run.js';
import type { JobState, SubscriptionState } from '../runtime/state.js';
import { armAttached, armTimeout, jobTypeOf, removeJob, removeSubscription } from '../runtime/waits.js';
import { resolveTimer } from '../time/resolve-timer.js';
import type { CompiledPlan } from './compile-plan.js';
import { armedAt, eventScopeOf, triggerOf } from './element-kinds.js';
import type { Mapping } from './instruction-checks.js';
import { migrateTask } from './migrate-task.js';
import { refreshInputs, refreshJobRetries, refreshTaskRetries, refreshTopic } from './refresh.js';
import { waitAt } from './wait-at.js';

/**
 * What a node waits for goes along where the plan maps it, and is taken away where it doesn't; what only the target
 * waits for begins now.
 */
export function migrateWaits(run: Run, plan: CompiledPlan, nodeId: string, source: Element, target: Element): void {
  const { refresh = {}, updateEventTrigger = false } = plan.from(source.id) ?? {};
  if (refresh.inputMapping === 'refresh') refreshInputs(run, nodeId, source, target);
  const node = run.state.node(nodeId);
  const kept = new Set<string>();
  const tried = (node.jobs ?? []).filter((job) => instructionOf(plan, source, job)?.refresh?.retries === 'refresh');
  for (const job of node.jobs ?? []) {
    if (job.type === 'async-continuation') moveContinuation(run, plan, nodeId, job, target);
    else if (job.type !== 'timer-task-listener') keepOrRemove(job, () => removeJob(run, nodeId, job.id), moveTimer);
  }
  for (const subscription of node.subscriptions ?? [])
    keepOrRemove(subscription, () => removeSubscription(run, nodeId, subscription.id), moveSubscription);
  migrateTask(run, plan, nodeId, target, refresh);
  migrateTimeouts(run, plan, nodeId, source, target, updates(updateEventTrigger, refresh.timer));
  migrateExternalTask(run, plan, nodeId, source, target);
  if (refresh.topic === 'refresh') refreshTopic(run, nodeId, target);
  migrateIncidents(run, plan, nodeId, target);
  for (const { id } of tried) refreshJobRetries(run, nodeId, id);
  if (refresh.retries === 'refresh') refreshTaskRetries(run, nodeId);
  if (node.phase !== 'active') return;
  for (const event of armedAt(target)) if (!kept.has(event.id)) armAttached(run, nodeId, event);

  function keepOrRemove<T extends { readonly elementId: string }>(
    wait: T,
    remove: () => void,
    move: (run: Run, plan: CompiledPlan, nodeId: string, wait: T, mapping: Mapping) => void,
  ): void {
    const mapping = plan.from(wait.elementId);
    if (
      !mapping ||
      eventScopeOf(mapping.target) !== target ||
      triggerOf(mapping.target)?.kind !== triggerOf(mapping.source)?.kind
    )
      return remove();
    kept.add(mapping.target.id);
    move(run, plan, nodeId, wait, mapping);
  }
}

function moveContinuation(run: Run, plan: CompiledPlan, nodeId: string, job: JobState, target: Element): void {
  changeJob(run, nodeId, job.id, { elementId: target.id });
  run.changes.update('job', job.id, { ...plan.definition, elementId: target.id });
}

/** The instruction that speaks of a job: its event's, or its activity's own. */
function instructionOf(plan: CompiledPlan, source: Element, { type, elementId }: JobState): Mapping | undefined {
  return plan.from(type === 'async-continuation' || type === 'timer-task-listener' ? source.id : elementId);
}

function updates(updateEventTrigger: boolean, choice: 'keep' | 'refresh' | undefined): boolean {
  return choice === undefined ? updateEventTrigger : choice === 'refresh';
}

function moveTimer(run: Run, plan: CompiledPlan, nodeId: string, job: JobState, mapping: Mapping): void {
  const { target, updateEventTrigger, refresh } = mapping;
  const trigger = triggerOf(target);
  if (trigger?.kind !== 'timer') return;
  const type = jobTypeOf(run, nodeId, target);
  const moved = { type, elementId: target.id };
  const row = { ...plan.definition, ...moved, configuration: timerConfiguration(trigger.timer) };
  if (!updates(updateEventTrigger, refresh?.timer)) {
    changeJob(run, nodeId, job.id, moved);
    return run.changes.update('job', job.id, row);
  }
  const { due, cycle } = resolved(run, nodeId, trigger.timer);
  const repeat = target.interrupting ? null : (cycle ?? null);
  changeJob(run, nodeId, job.id, { ...moved, dueDate: due?.getTime() ?? null, repeat });
  run.changes.update('job', job.id, { ...row, dueDate: due, repeat });
}

function resolved(run: Run, nodeId: string, { kind, expression }: TimerDefinition) {
  return resolveTimer(kind, expression.evaluate(viewOf(run, run.state.node(nodeId))), run.now);
}

function changeJob(run: Run, nodeId: string, jobId: string, set: Partial<JobState>): void {
  const node = run.state.edit(nodeId);
  node.jobs = node.jobs?.map((job) => (job.id === jobId ? { ...job, ...set } : job));
}

function moveSubscription(
  run: Run,
  plan: CompiledPlan,
  nodeId: string,
  { id }: SubscriptionState,
  { target, updateEventTrigger, refresh }: Mapping,
): void {
  const trigger = triggerOf(target);
  const named =
    updates(updateEventTrigger, refresh?.message) && (trigger?.kind === 'message' || trigger?.kind === 'signal');
  const node = run.state.edit(nodeId);
  const set = {
    elementId: target.id,
    ...(named && { eventName: String(trigger.name.evaluate(viewOf(run, node))) }),
  };
  node.subscriptions = node.subscriptions?.map((each) => (each.id === id ? { ...each, ...set } : each));
  run.changes.update('eventSubscription', id, { ...plan.definition, ...set });
}

/** Timers of task listeners are known by the listener's id, in both models. */
function migrateTimeouts(
  run: Run,
  plan: CompiledPlan,
  nodeId: string,
  source: Element,
  target: Element,
  update: boolean,
): void {
  const { task, jobs = [] } = run.state.node(nodeId);
  if (!task) return;
  const timers = (target.behavior.taskListeners?.(target) ?? []).filter(({ timer }) => timer !== null);
  const before = new Set((source.behavior.taskListeners?.(source) ?? []).map(({ id }) => id));
  for (const job of jobs.filter(({ type }) => type === 'timer-task-listener')) {
    const listener = timers.find(({ id }) => id === job.listenerId);
    if (!listener?.timer) removeJob(run, nodeId, job.id);
    else {
      const { due: dueDate, cycle } = update ? resolved(run, nodeId, listener.timer) : { due: undefined, cycle: null };
      const repeat = cycle ?? null;
      const place = { elementId: target.id };
      const set = dueDate === undefined ? place : { ...place, dueDate: dueDate?.getTime() ?? null, repeat };
      changeJob(run, nodeId, job.id, set);
      const configuration = timerConfiguration(listener.timer);
      const row = { ...plan.definition, ...place, configuration };
      run.changes.update('job', job.id, dueDate === undefined ? row : { ...row, dueDate, repeat });
    }
  }
  for (const { id, timer } of timers) if (timer && id !== null && !before.has(id)) armTimeout(run, nodeId, id, timer);
}

/** The topic stays; what the model says to workers beside it is the target's, what is worked out for them included. */
function migrateExternalTask(run: Run, plan: CompiledPlan, nodeId: string, source: Element, target: Element): void {
  const { externalTask } = run.state.node(nodeId);
  if (!externalTask) return;
  const { extensionProperties } = target;
  const changed = JSON.stringify(source.extensionProperties) !== JSON.stringify(extensionProperties);
  run.changes.update('externalTask', externalTask.id, {
    ...plan.definition,
    elementId: target.id,
    ...(changed && toldToWorkers(run, nodeId, target)),
  });
}

/** Nothing when it can't be worked out now: then the worker is told what it was told before. */
function toldToWorkers(run: Run, nodeId: string, target: Element) {
  try {
    const properties = waitAt(run, nodeId, target, 'externalTask')?.properties;
    return { extensionProperties: { ...target.extensionProperties, ...properties } };
  } catch (error) {
    if (error instanceof EvaluationError) return {};
    throw error;
  }
}

/** An incident is where its job is now, else at the activity itself. */
function migrateIncidents(run: Run, plan: CompiledPlan, nodeId: string, target: Element): void {
  const { incidents = [], jobs = [] } = run.state.node(nodeId);
  if (incidents.length === 0) return;
  const placed = incidents.map((incident) => ({
    ...incident,
    elementId: jobs.find(({ id }) => id === incident.configuration)?.elementId ?? target.id,
  }));
  run.state.edit(nodeId).incidents = placed;
  for (const { id, elementId } of placed)
    for (const table of ['incident', 'historicIncident'] as const)
      run.changes.update(table, id, { ...plan.definition, elementId });
}
