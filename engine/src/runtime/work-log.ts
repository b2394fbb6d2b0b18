import { timerConfiguration } from '../behaviors/shared/event-definition.js';
import type { TimerDefinition } from '../model/process-model.js';
import type { WorkLogEvent } from './records.js';
import type { Run } from './run.js';
import type { ActivityNode, ExternalTaskState, JobState } from './state.js';

/**
 * What happened to a job, as a row of its own: also of a job that comes and goes within one command, as in Camunda.
 * @param failure of a failed try @returns the row's id
 */
export function logJob(
  run: Run,
  node: ActivityNode,
  job: JobState,
  event: WorkLogEvent,
  more: {
    readonly priority?: number;
    readonly message?: string;
    readonly stacktrace?: string;
    readonly failedElementId?: string;
  } = {},
): string {
  const id = run.env.newId();
  const { header } = run.state;
  run.changes.insert('jobLog', {
    id,
    processInstanceId: header.id,
    rootProcessInstanceId: rootUnlessSelf(run),
    processDefinitionId: header.definitionId,
    tenantId: header.tenantId,
    createdAt: run.now,
    batchId: null,
    jobId: job.id,
    event,
    activityInstanceId: node.id,
    elementId: job.elementId,
    type: job.type,
    configuration: configurationOf(run, node, job),
    dueDate: job.dueDate === null ? null : new Date(job.dueDate),
    retries: job.retries,
    priority: more.priority ?? null,
    failedElementId: more.failedElementId ?? null,
    message: more.message ?? null,
    stacktrace: more.stacktrace ?? null,
    hostname: run.env.hostname ?? null,
  });
  return id;
}

/** What happened to an external task. @param failure as its worker reports it @returns the row's id */
export function logExternalTask(
  run: Run,
  node: ActivityNode,
  task: ExternalTaskState,
  event: WorkLogEvent,
  failure: { readonly errorMessage: string | null; readonly errorDetails: string | null } | null = null,
): string {
  const id = run.env.newId();
  const { header } = run.state;
  run.changes.insert('externalTaskLog', {
    id,
    processInstanceId: header.id,
    rootProcessInstanceId: rootUnlessSelf(run),
    processDefinitionId: header.definitionId,
    tenantId: header.tenantId,
    createdAt: run.now,
    externalTaskId: task.id,
    event,
    activityInstanceId: node.id,
    elementId: node.elementId,
    topicName: task.topicName,
    priority: task.priority,
    retries: null,
    workerId: null,
    errorMessage: failure?.errorMessage ?? null,
    errorDetails: failure?.errorDetails ?? null,
  });
  return id;
}

/** An external task goes; what its worker has completed is told already. */
export function externalTaskGone(run: Run, node: ActivityNode, task: ExternalTaskState): void {
  run.changes.delete('externalTask', task.id);
  if (!run.completedTasks.has(task.id)) logExternalTask(run, node, task, 'deleted');
}

function rootUnlessSelf({ state: { header } }: Run): string | null {
  return header.rootProcessInstanceId === header.id ? null : header.rootProcessInstanceId;
}

/** As the job's row and its definition have it. */
function configurationOf(run: Run, node: ActivityNode, job: JobState): string {
  if (job.type === 'async-continuation') return node.phase;
  const timer = timerOf(run, job);
  return timer ? timerConfiguration(timer) : '';
}

function timerOf(run: Run, { elementId, listenerId }: JobState): TimerDefinition | null {
  const element = run.model.elements.get(elementId);
  if (!element) return null;
  if (listenerId !== undefined)
    return element.behavior.taskListeners?.(element).find(({ id }) => id === listenerId)?.timer ?? null;
  const trigger = element.behavior.trigger?.(element.config);
  return trigger?.kind === 'timer' ? trigger.timer : null;
}
