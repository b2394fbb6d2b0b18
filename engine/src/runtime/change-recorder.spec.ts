import { expect, test } from 'vitest';
import { ChangeRecorder } from './change-recorder.js';
import type { IdentityLinkRow } from './records.js';

const row: IdentityLinkRow = {
  id: 'link',
  rootProcessInstanceId: 'order',
  processInstanceId: 'order',
  taskId: 'task',
  type: 'candidate',
  userId: 'anna',
  groupId: null,
};

test('a row that comes and goes within one command leaves no trace', () => {
  const changes = new ChangeRecorder();
  changes.insert('identityLink', row);
  changes.update('identityLink', 'link', { userId: 'bob' });
  changes.delete('identityLink', 'link');
  expect(changes.list()).toEqual([]);
});

test('an update of a new row becomes part of its insert', () => {
  const changes = new ChangeRecorder();
  changes.insert('identityLink', row);
  changes.update('identityLink', 'link', { userId: 'bob' });
  changes.update('identityLink', 'link', { type: 'owner' });
  expect(changes.list()).toEqual([
    { op: 'insert', table: 'identityLink', id: 'link', row: { ...row, userId: 'bob', type: 'owner' } },
  ]);
});

test('updates of one row become one, the last value wins', () => {
  const changes = new ChangeRecorder();
  changes.update('identityLink', 'link', { userId: 'bob' });
  changes.update('identityLink', 'link', { userId: 'carl', type: 'owner' });
  expect(changes.list()).toEqual([
    { op: 'update', table: 'identityLink', id: 'link', set: { userId: 'carl', type: 'owner' } },
  ]);
});

test('a stored row that is changed and deleted is only deleted, whatever comes after', () => {
  const changes = new ChangeRecorder();
  changes.update('identityLink', 'link', { userId: 'bob' });
  changes.delete('identityLink', 'link');
  changes.update('identityLink', 'link', { userId: 'carl' });
  expect(changes.list()).toEqual([{ op: 'delete', table: 'identityLink', id: 'link' }]);
});

test('rows of the same id in different tables are different rows', () => {
  const changes = new ChangeRecorder();
  changes.insert('identityLink', row);
  changes.delete('job', 'link');
  expect(changes.list()).toHaveLength(2);
});
