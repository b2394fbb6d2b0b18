import { expect, test } from 'vitest';
import { loanTask } from '../testing/loan-fixture.js';
import { notification } from './notification.js';

const write = (changes: Record<string, unknown>, id = 'task-1') =>
  notification.work(loanTask(changes, { id }), 1, new Date());

test('a letter says what the process knows', () => {
  const letter = write({ notificationKind: 'offer', offeredAmount: 900, applicantName: 'Ada Lovelace' });
  expect(letter).toMatchObject({ kind: 'offer', recipient: 'Ada Lovelace' });
  expect(letter.text).toContain('900 DM over 6 months');
});

test('two reminders are two letters, one task is one letter', () => {
  const first = write({ notificationKind: 'documents-reminder' });
  expect(write({ notificationKind: 'documents-reminder' })).toEqual(first);
  expect(write({ notificationKind: 'documents-reminder' }, 'task-2').notificationId).not.toBe(first.notificationId);
});

test('a kind without a letter of its own gets the general one', () => {
  expect(write({ notificationKind: 'branch-moved' }).text).toBe('There is news about your application: branch moved.');
});

test.each([undefined, '', 7, 'Two Words'])('no letter is written for the kind %o', (notificationKind) => {
  expect(() => write({ notificationKind })).toThrow(/Expected variable 'notificationKind'/);
});
