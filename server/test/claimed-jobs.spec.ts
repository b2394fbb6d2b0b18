import type { Change, JobRow } from '@millrace/engine';
import { describe, expect, test } from 'vitest';
import type { AcquiredJob } from '../src/job-executor/acquired-job.js';
import { ClaimedJobs } from '../src/job-executor/claimed-jobs.js';
import type { Committer, UnitOfWorkResult } from '../src/persistence/committer.js';

function job(id: string, more: Partial<JobRow> = {}): JobRow {
  const row = { id, processInstanceId: 'loan', dueDate: null, retries: 3, suspended: false, lockOwner: null, ...more };
  return { lockExpiresAt: null, ...row } as JobRow;
}

function unit(...rows: readonly JobRow[]): UnitOfWorkResult {
  const changes = rows.map((row) => ({ op: 'insert', table: 'job', id: row.id, row }) as Change);
  const none = { startedDefinitionIds: [], calledDefinitionIds: [], latestDefinitions: [], guards: [] };
  return { ...none, instances: [], changes };
}

/** A committer whose commits end when they are told to, and somebody who takes jobs. */
function setUp({ room = 10 } = {}) {
  const commits: { resolve(): void; reject(error: Error): void }[] = [];
  const committer: Committer = {
    waiting: 0,
    commit: () => new Promise((resolve, reject) => commits.push({ resolve, reject })),
    close: () => Promise.resolve(),
  };
  const claims = new ClaimedJobs(committer);
  let heard: (jobs: readonly AcquiredJob[]) => void = () => {};
  const taken = new Promise<readonly AcquiredJob[]>((resolve) => (heard = resolve));
  claims.runBy({ owner: 'server-1', room: () => room, take: (jobs) => heard(jobs) });
  return { claims, commits, taken };
}

describe('jobs that can run at once', () => {
  test('are written as locked, and taken when they are committed', async () => {
    const { claims, commits, taken } = setUp();
    const row = job('a');
    const done = claims.commit(unit(row));
    expect(row.lockOwner).toBe('server-1');
    expect(row.lockExpiresAt!.getTime()).toBeGreaterThan(Date.now());
    commits[0]!.resolve();
    await done;
    expect((await taken).map(({ id }) => id)).toEqual(['a']);
  });

  test('are not taken when the commit fails, and leave their place to others', async () => {
    const { claims, commits, taken } = setUp({ room: 1 });
    const failing = claims.commit(unit(job('a')));
    const waiting = job('b');
    void claims.commit(unit(waiting));
    expect(waiting.lockOwner, 'the only place is claimed').toBeNull();
    commits[0]!.reject(new Error('refused'));
    await expect(failing).rejects.toThrow('refused');
    const next = claims.commit(unit(job('c')));
    commits[2]!.resolve();
    await next;
    expect((await taken).map(({ id }) => id)).toEqual(['c']);
  });
});

test.each<[string, Partial<JobRow>]>([
  ['due later', { dueDate: new Date(Date.now() + 60_000) }],
  ['suspended', { suspended: true }],
  ['without retries', { retries: 0 }],
  ['held already', { lockOwner: 'server-2' }],
  ['of no instance', { processInstanceId: null }],
])('a job that is %s is left alone', (_, more) => {
  const { claims } = setUp();
  const row = job('a', more);
  void claims.commit(unit(row));
  expect(row.lockOwner).toBe(more.lockOwner ?? null);
});

test('nothing is claimed while nobody runs jobs here', () => {
  const { claims } = setUp();
  claims.runBy(null);
  const row = job('a');
  void claims.commit(unit(row));
  expect(row.lockOwner).toBeNull();
});
