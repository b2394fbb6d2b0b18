import { timerConfiguration } from '../behaviors/shared/event-definition.js';
import { ExecutionError, InvalidCommandError, NotFoundError } from '../errors.js';
import type { Element } from '../model/process-model.js';
import { nextDue, parseCycle } from '../time/cycle.js';
import { addDuration } from '../time/duration.js';
import { resolveTimer } from '../time/resolve-timer.js';
import { catchingErrors } from './catching-errors.js';
import { viewOf } from './evaluation.js';
import { eventHappened } from './events.js';
import { closeIncidents, openIncident } from './incidents.js';
import { continueAfter, continueBefore } from './lifecycle.js';
import type { JobRow } from './records.js';
import { retryCycleOf } from './retry-cycles.js';
import type { Run } from './run.js';
import type { ActivityNode, JobState } from './state.js';
import { taskListenersHear } from './task-listeners.js';
import { createJob, removeJob } from './waits.js';
import { logJob } from './work-log.js';

interface Found {
  readonly node: ActivityNode;
  readonly job: JobState;
}

function findJob(run: Run, jobId: string): Found {
  const node = run.state.waitingFor(jobId);
  const job = node?.jobs?.find(({ id }) => id === jobId);
  if (node && job) return { node, job };
  throw new NotFoundError(`Expected a job '${jobId}' in process instance '${run.state.header.id}', but there is none`, {
    id: jobId,
  });
}

/** Does what a job is there for: an asynchronous continuation, or a timer. */
export function executeJob(run: Run, jobId: string): void {
  const { node, job } = findJob(run, jobId);
  removeJob(run, node.id, jobId, 'successful');
  if (job.type === 'async-continuation') {
    if (node.phase === 'async-before') continueBefore(run, node.id);
    else continueAfter(run, node.id);
    return;
  }
  const event = elementOf(run, job);
  if (job.type === 'timer-task-listener') return taskTimedOut(run, node.id, event, job);
  repeatTimer(run, node.id, event, job);
  eventHappened(run, run.state.node(node.id), event);
}

function taskTimedOut(run: Run, nodeId: string, element: Element, job: JobState): void {
  const listener = element.behavior.taskListeners?.(element).find(({ id }) => id === job.listenerId);
  const due = job.repeat !== null ? nextDue(parseCycle(job.repeat), run.now, 1) : null;
  if (due && listener?.timer) {
    const { type, repeat } = job;
    const configuration = timerConfiguration(listener.timer);
    createJob(run, nodeId, element, { type, configuration, dueDate: due, repeat }, job.listenerId);
  }
  catchingErrors(run, nodeId, () => taskListenersHear(run, nodeId, { event: 'timeout', listenerId: job.listenerId }));
}

/**
 * A cycle goes on from now: what was missed isn't made up for, and a timer that is run by hand before it's due stays due,
 * as in Camunda.
 */
function repeatTimer(run: Run, nodeId: string, event: Element, job: JobState): void {
  const trigger = event.behavior.trigger?.(event.config);
  if (job.repeat === null || trigger?.kind !== 'timer') return;
  const due = nextDue(parseCycle(job.repeat), run.now, 1);
  if (!due) return;
  createJob(run, nodeId, event, {
    type: job.type,
    configuration: timerConfiguration(trigger.timer),
    dueDate: due,
    repeat: job.repeat,
  });
}

/** Counts down the retries as the model's retry cycle says; none left is an incident. */
export function failJob(
  run: Run,
  jobId: string,
  failure: { message: string; stacktrace: string; failedElementId: string | null },
): void {
  const { node, job } = findJob(run, jobId);
  const failedElementId = failure.failedElementId ?? job.elementId;
  const { message, stacktrace } = failure;
  const failureLogId = logJob(run, node, job, 'failed', { message, stacktrace, failedElementId });
  const cycle = retryCycleOf(run, node, elementOf(run, job));
  const before = cycle && !job.hasFailed ? cycle.retries : job.retries;
  const retries = Math.max(0, before - 1);
  const wait = cycle?.intervalFor(retries) ?? null;
  const dueDate = wait && retries > 0 ? addDuration(run.now, wait) : undefined;
  changeJob(
    run,
    node.id,
    job,
    { retries, hasFailed: true, failureLogId, ...(dueDate && { dueDate: dueDate.getTime() }) },
    {
      retries,
      ...(dueDate && { dueDate }),
      exceptionMessage: message,
      exceptionStacktrace: stacktrace,
      failedElementId,
      lockOwner: null,
      lockExpiresAt: null,
    },
  );
  if (retries === 0 && job.retries > 0)
    openJobIncident(run, node.id, { ...job, failureLogId }, message, failedElementId);
}

function openJobIncident(
  run: Run,
  nodeId: string,
  job: JobState,
  message: string | null,
  failedElementId: string | null,
): void {
  openIncident(run, nodeId, {
    type: 'failedJob',
    message,
    elementId: job.elementId,
    failedElementId: failedElementId ?? job.elementId,
    configuration: job.id,
    historyConfiguration: job.failureLogId ?? null,
  });
}

export function setJobRetries(run: Run, jobId: string, retries: number, dueDate?: Date | null): void {
  if (!Number.isInteger(retries) || retries < 0)
    throw new InvalidCommandError(
      `Expected the retries of job '${jobId}' to be a whole number of at least 0, but they are ${retries}`,
    );
  const { node, job } = findJob(run, jobId);
  const due = dueDate === undefined ? {} : { dueDate };
  changeJob(
    run,
    node.id,
    job,
    { retries, ...(dueDate !== undefined && { dueDate: dueDate?.getTime() ?? null }) },
    { retries, ...due },
  );
  if (retries > 0)
    closeIncidents(run, run.state.node(node.id), ({ configuration }) => configuration === jobId, 'resolved');
  else if (job.retries > 0) openJobIncident(run, node.id, job, null, null);
}

export function setJobDueDate(run: Run, jobId: string, dueDate: Date | null): void {
  const { node, job } = findJob(run, jobId);
  changeJob(run, node.id, job, { dueDate: dueDate?.getTime() ?? null }, { dueDate });
}

/** Evaluates the timer's expression again. @throws InvalidCommandError when the job isn't a timer */
export function recalculateJobDueDate(run: Run, jobId: string, creationDateBased: boolean): void {
  const { node, job } = findJob(run, jobId);
  const event = elementOf(run, job);
  const trigger = event.behavior.trigger?.(event.config);
  if (job.type === 'async-continuation' || trigger?.kind !== 'timer')
    throw new InvalidCommandError(`Expected job '${jobId}' to be a timer, but it is of type '${job.type}'`);
  const base = creationDateBased ? new Date(node.startedAt) : run.now;
  const value = trigger.timer.expression.evaluate(viewOf(run, node));
  setJobDueDate(run, jobId, resolveTimer(trigger.timer.kind, value, base).due);
}

/** Without its job the activity waits for good; that is what was asked for. */
export function deleteJob(run: Run, jobId: string): void {
  removeJob(run, findJob(run, jobId).node.id, jobId);
}

function changeJob(run: Run, nodeId: string, job: JobState, state: Partial<JobState>, row: Partial<JobRow>): void {
  const node = run.state.edit(nodeId);
  node.jobs = node.jobs?.map((each) => (each.id === job.id ? { ...each, ...state } : each));
  run.changes.update('job', job.id, row);
}

function elementOf(run: Run, job: JobState): Element {
  const element = run.model.elements.get(job.elementId);
  if (element) return element;
  throw new ExecutionError(
    `Expected element '${job.elementId}' of job '${job.id}' in process '${run.model.key}', but it isn't there`,
  );
}
