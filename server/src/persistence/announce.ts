import type { InstanceState } from '@millrace/engine';
import type { CommitEvents, JobHint } from './commit-events.js';
import type { UnitOfWorkResult } from './committer.js';
import { foldChanges } from './fold-changes.js';

/** Tells what a committed unit of work has made ready to be done: external tasks to fetch, jobs to run. */
export function announce(unit: UnitOfWorkResult, events: CommitEvents, now: Date): void {
  const folded = foldChanges(unit.changes);
  const tasks = folded.get('externalTask');
  if (tasks) {
    const changed = new Set(tasks.updates.map(({ id }) => id));
    const topics = [
      ...tasks.inserts.map(({ topicName }) => String(topicName)),
      ...unit.instances.flatMap(({ after }) => topicsOf(after, changed)),
    ];
    events.emitExternalTasks(new Set(topics));
  }
  const jobs = folded.get('job');
  if (jobs) {
    const changed = new Set(jobs.updates.map(({ id }) => id));
    const created = jobs.inserts.map(
      ({ id, dueDate }): JobHint => ({ id: String(id), dueDate: dueDate as Date | null }),
    );
    events.emitJobs([...created, ...unit.instances.flatMap(({ after }) => jobsOf(after, changed))], now);
  }
}

function topicsOf(state: InstanceState | null, ids: ReadonlySet<string>): string[] {
  if (!state || ids.size === 0) return [];
  return [...state.nodes.values()].flatMap(({ externalTask }) =>
    externalTask && ids.has(externalTask.id) ? [externalTask.topicName] : [],
  );
}

function jobsOf(state: InstanceState | null, ids: ReadonlySet<string>): JobHint[] {
  if (!state || ids.size === 0) return [];
  return [...state.nodes.values()]
    .flatMap(({ jobs }) => jobs ?? [])
    .filter(({ id }) => ids.has(id))
    .map(({ id, dueDate }) => ({ id, dueDate: dueDate === null ? null : new Date(dueDate) }));
}
