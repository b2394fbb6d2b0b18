import type { Change, ExternalTaskRow, IncidentRow, InstanceState, JobRow } from '@millrace/engine';
import type { CommitEvents, JobHint } from './commit-events.js';
import type { UnitOfWorkResult } from './committer.js';

/** Tells what a committed unit of work has made ready to be done: external tasks to fetch, jobs to run, incidents. */
export function announce({ changes, instances }: UnitOfWorkResult, events: CommitEvents, now: Date): void {
  const topics = new Set<string>();
  const jobs: JobHint[] = [];
  const changedTasks = new Set<string>();
  const changedJobs = new Set<string>();
  const failed = new Set<string>();
  for (const change of changes) {
    if (change.table === 'externalTask') noteTask(change, topics, changedTasks);
    else if (change.table === 'job') noteJob(change, jobs, changedJobs);
    else if (change.table === 'incident' && change.op === 'insert')
      failed.add((change.row as IncidentRow).processDefinitionId);
  }
  if (changedTasks.size > 0 || changedJobs.size > 0)
    for (const { after } of instances) noteChanged(after, changedTasks, changedJobs, topics, jobs);
  events.emitExternalTasks(topics);
  events.emitJobs(jobs, now);
  events.emitIncidents(failed);
}

function noteTask(change: Change, topics: Set<string>, changed: Set<string>): void {
  if (change.op === 'insert') topics.add((change.row as ExternalTaskRow).topicName);
  else if (change.op === 'update') changed.add(change.id);
}

function noteJob(change: Change, jobs: JobHint[], changed: Set<string>): void {
  // Whoever has locked it while it was written runs it.
  if (change.op === 'insert') {
    const { dueDate, lockOwner } = change.row as JobRow;
    if (lockOwner === null) jobs.push({ id: change.id, dueDate });
  } else if (change.op === 'update') changed.add(change.id);
}

function noteChanged(
  state: InstanceState | null,
  tasks: ReadonlySet<string>,
  jobs: ReadonlySet<string>,
  topics: Set<string>,
  hints: JobHint[],
): void {
  for (const { externalTask, jobs: held = [] } of state?.nodes.values() ?? []) {
    if (externalTask && tasks.has(externalTask.id)) topics.add(externalTask.topicName);
    for (const { id, dueDate } of held)
      if (jobs.has(id)) hints.push({ id, dueDate: dueDate === null ? null : new Date(dueDate) });
  }
}
