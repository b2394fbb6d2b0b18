import { afterAll, beforeAll, expect, test } from 'vitest';
import { JobLocks } from '../src/job-executor/job-locks.js';
import { newId } from '../src/persistence/uuid-v7.js';
import { openTestCore, type TestCore } from './support/test-core.js';

let host: TestCore;
beforeAll(async () => {
  host = await openTestCore();
});
afterAll(() => host?.close());

async function addJob(dueDate: Date | null = null): Promise<string> {
  const id = newId();
  await host.core.database.query(
    `INSERT INTO job (id, process_definition_id, process_definition_key, type, element_id, configuration, due_date, retries, priority, exclusive, suspended, created_at)
     VALUES ($1, 'p:1', 'p', 'async-continuation', 'a', '', $2, 3, 0, true, false, now())`,
    [id, dueDate],
  );
  return id;
}

test('a job that is asked for twice at the same time is given once', async () => {
  const locks = new JobLocks(host.core.database);
  const other = new JobLocks(host.core.database);
  const [a, b] = [await addJob(), await addJob()];
  const later = await addJob(new Date(Date.now() + 60_000));
  const got = await Promise.all([a, a, b, later, 'gone'].map((id) => locks.acquire(id)));
  expect(got.map((job) => job?.id ?? null)).toEqual([a, null, b, null, null]);
  expect(await other.acquire(a)).toBeNull();
  await locks.release(a);
  expect(await other.acquire(a)).toMatchObject({ id: a });
});
