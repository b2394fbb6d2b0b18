import type { Change } from '@millrace/engine';
import { expect, test } from 'vitest';
import { foldChanges } from '../src/persistence/fold-changes.js';

const insert = (id: string, row: object) =>
  ({ op: 'insert', table: 'job', id, row: { id, ...row } }) as unknown as Change;
const update = (id: string, set: object) => ({ op: 'update', table: 'job', id, set }) as unknown as Change;
const remove = (id: string) => ({ op: 'delete', table: 'job', id }) as unknown as Change;

test('what several commands do to a row becomes one statement', () => {
  const sets = [
    insert('new', { retries: 3, suspended: false }),
    update('new', { retries: 2 }),
    insert('passing', {}),
    update('passing', { retries: 1 }),
    remove('passing'),
    update('old', { retries: 1 }),
    update('old', { retries: 0, suspended: true }),
    update('ended', { retries: 1 }),
    remove('ended'),
    remove('replaced'),
    insert('replaced', { retries: 5 }),
  ].map((change) => [change]);
  expect(foldChanges(sets)).toEqual([
    insert('new', { retries: 2, suspended: false }),
    update('old', { retries: 0, suspended: true }),
    remove('ended'),
    update('replaced', { id: 'replaced', retries: 5 }),
  ]);
});

test('rows of different tables with the same id stay apart', () => {
  const task = { op: 'delete', table: 'userTask', id: 'x' } as Change;
  expect(foldChanges([[insert('x', {})], [task]])).toEqual([insert('x', {}), task]);
});
