import { expect, test } from 'vitest';
import type { Change } from '../runtime/records.js';
import { footprintOf, inverseOf } from './inverse.js';

const row = { id: 'j', retries: 1, priority: 5 };
const job = (op: string, more = {}) => ({ op, table: 'job', id: 'j', ...more }) as unknown as Change;
const takenBack = (change: Change, before: object | undefined = row) =>
  inverseOf(footprintOf([change]), () => before as never);

test('a row that came goes, and one that went comes back as it was', () => {
  expect(takenBack(job('insert', { row }))).toEqual([job('delete')]);
  expect(takenBack(job('delete'))).toEqual([job('insert', { row })]);
});

test('of a row that changed only the columns that changed are set back', () => {
  expect(takenBack(job('update', { set: { retries: 3 } }))).toEqual([job('update', { set: { retries: 1 } })]);
});

test('a row that was not there, as where no history is kept, stays away', () => {
  expect(inverseOf(footprintOf([job('update', { set: { retries: 3 } }), job('delete')]), () => undefined)).toEqual([]);
});

test('the footprint is plain data, so that it can be stored', () => {
  const footprint = footprintOf([job('update', { set: { retries: 3 } })]);
  expect(JSON.parse(JSON.stringify(footprint))).toEqual(footprint);
});
