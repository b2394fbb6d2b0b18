import { expect, test } from 'vitest';
import type { Change } from '../runtime/records.js';
import { footprintOf, inverseOf, rowsToKeep } from './inverse.js';

const row = { id: 'j', retries: 1, priority: 5 };
const job = (op: string, more = {}) => ({ op, table: 'job', id: 'j', ...more }) as unknown as Change;
const former = { processDefinitionId: 'loan:1', processDefinitionKey: 'loan' };
const takenBack = (change: Change, before: object | undefined = row) =>
  inverseOf(footprintOf([change]), former, () => before as never);

test('a row that came goes, and one that went comes back as it was', () => {
  expect(takenBack(job('insert', { row }))).toEqual([job('delete')]);
  expect(takenBack(job('delete'))).toEqual([job('insert', { row })]);
});

test('of a row that changed only the columns that changed are set back', () => {
  expect(takenBack(job('update', { set: { retries: 3 } }))).toEqual([job('update', { set: { retries: 1 } })]);
});

test('a row that only got another definition gets the former one back, with nothing kept of it', () => {
  const moved = job('update', { set: { processDefinitionId: 'loan:2', processDefinitionKey: 'loan' } });
  expect(inverseOf(footprintOf([moved]), former, () => undefined)).toEqual([job('update', { set: former })]);
  expect(rowsToKeep(footprintOf([moved]))).toEqual({});
});

test('what changed otherwise, or went, has to be kept', () => {
  const task = { op: 'delete', table: 'userTask', id: 't' } as Change;
  const change = job('update', { set: { processDefinitionId: 'loan:2', retries: 3 } });
  expect(rowsToKeep(footprintOf([change, task]))).toEqual({
    job: { ids: ['j'], columns: new Set(['retries']) },
    userTask: { ids: ['t'], columns: null },
  });
  expect(rowsToKeep(footprintOf([job('insert', { row })]))).toEqual({});
});

test('a row that was not there, as where no history is kept, stays away', () => {
  expect(
    inverseOf(footprintOf([job('update', { set: { retries: 3 } }), job('delete')]), former, () => undefined),
  ).toEqual([]);
});

test('the footprint is plain data, so that it can be stored', () => {
  const footprint = footprintOf([job('update', { set: { retries: 3 } })]);
  expect(JSON.parse(JSON.stringify(footprint))).toEqual(footprint);
});
