import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommitConnections } from '../src/persistence/commit/commit-connections.js';
import { encodeArray } from '../src/persistence/commit/encode-array.js';
import { GroupCommitter } from '../src/persistence/commit/group-committer.js';
import { UnitParts } from '../src/persistence/commit/unit-parts.js';
import type { UnitOfWorkResult } from '../src/persistence/committer.js';
import type { PreparedStatement } from '../src/persistence/database.js';
import { openTestCore, type TestCore } from './support/test-core.js';

let host: TestCore;
beforeEach(async () => {
  host = await openTestCore();
});
afterEach(() => {
  vi.useRealTimers();
  return host.close();
});

const unit = (id: string): UnitOfWorkResult => ({
  instances: [],
  changes: [{ op: 'delete', table: 'variable', id }],
  startedDefinitionIds: [],
  calledDefinitionIds: [],
  latestDefinitions: [],
  guards: [],
});

/** A database that answers when it's told to. */
class HeldConnections implements CommitConnections {
  readonly sent: (readonly Buffer[])[] = [];
  private readonly held: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  constructor(readonly count: number) {}

  execute({ values }: PreparedStatement): Promise<void> {
    this.sent.push(values);
    return new Promise((resolve, reject) => this.held.push({ resolve, reject }));
  }

  answer(error?: unknown): void {
    const { resolve, reject } = this.held.shift()!;
    if (error === undefined) resolve();
    else reject(error);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The values of a statement that deletes these rows. */
const idsOf = (...ids: string[]) => [encodeArray('text', ids)];

const turn = () => new Promise((done) => setImmediate(() => setImmediate(done)));

function committer(count: number) {
  const connections = new HeldConnections(count);
  return { connections, committer: new GroupCommitter(connections, new UnitParts(host.core.database.dataSource)) };
}

test('nobody is answered before the database has', async () => {
  const { connections, committer: group } = committer(1);
  let answered = false;
  const done = group.commit(unit('a')).then(() => {
    answered = true;
  });
  await turn();
  expect(connections.sent).toHaveLength(1);
  expect(answered).toBe(false);
  connections.answer();
  await done;
  expect(answered).toBe(true);
});

test('one more statement is sent beside another when eight units wait for each that is under way', async () => {
  const { connections, committer: group } = committer(4);
  const commit = (count: number) =>
    Array.from({ length: count }, (_, index) => group.commit(unit(`${connections.sent.length}-${index}`)));
  const all = commit(1);
  await turn();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  all.push(...commit(7));
  await turn();
  expect(connections.sent).toHaveLength(1);
  all.push(...commit(1));
  await turn();
  expect(connections.sent).toHaveLength(2);
  all.push(...commit(15));
  await turn();
  expect(connections.sent).toHaveLength(2);
  vi.advanceTimersByTime(5);
  expect(connections.sent).toHaveLength(3);
  for (let i = 0; i < 3; i++) connections.answer();
  await Promise.all(all);
});

test('a unit that comes alone is sent at once; those that come meanwhile go together', async () => {
  const { connections, committer: group } = committer(1);
  const first = group.commit(unit('a'));
  await turn();
  const others = ['b', 'c', 'd'].map((id) => group.commit(unit(id)));
  await turn();
  expect(connections.sent).toEqual([idsOf('a')]);
  connections.answer();
  await first;
  await turn();
  expect(connections.sent[1]).toEqual(idsOf('b', 'c', 'd'));
  connections.answer();
  await Promise.all(others);
});

test('a unit that the database refuses is found, and the others are committed', async () => {
  const { connections, committer: group } = committer(1);
  const units = ['a', 'b', 'c'].map((id) => group.commit(unit(id)));
  const results = Promise.allSettled(units);
  const refused = Object.assign(new Error('bad'), { severity: 'ERROR', code: '22003' });
  await turn();
  for (const outcome of [refused, undefined, refused]) {
    connections.answer(outcome);
    await turn();
  }
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(connections.sent.slice(1)).toEqual([idsOf('a', 'b'), idsOf('c')]);
});

test.each([
  ['the connection breaks', {}],
  ['the connection is reset', { code: 'ECONNRESET' }],
  ['PostgreSQL stops', { severity: 'FATAL', code: '57P01' }],
  ['the statement takes too long', { severity: 'ERROR', code: '57014' }],
])('when %s everybody is told, and nothing is sent a second time', async (_, properties) => {
  const { connections, committer: group } = committer(1);
  const results = Promise.allSettled(['a', 'b'].map((id) => group.commit(unit(id))));
  await turn();
  connections.answer(Object.assign(new Error('Connection terminated unexpectedly'), properties));
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(connections.sent).toHaveLength(1);
});

test('closing waits for what was given', async () => {
  const { connections, committer: group } = committer(1);
  const done = group.commit(unit('a'));
  let closed = false;
  const closing = group.close().then(() => {
    closed = true;
  });
  await turn();
  expect(closed).toBe(false);
  connections.answer();
  await Promise.all([done, closing]);
});
