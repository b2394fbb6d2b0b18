import { expect, test } from 'vitest';
import { loanTask } from '../testing/loan-fixture.js';
import { documentArchive } from './document-archive.js';

test('the archive stays closed for as many attempts as the process says', () => {
  const task = loanTask({ archiveClosedAttempts: 2 });
  expect(() => documentArchive.work(task, 2, new Date())).toThrow('The archive is closed (attempt 2 for GC-0001)');
  expect(documentArchive.work(task, 3, new Date())).toHaveProperty('archiveReference');
});

test('everything about the application is kept, under a reference that depends on it alone', () => {
  const task = loanTask();
  const reversed = Object.fromEntries(Object.entries(task.typedVariables).reverse());
  const result = documentArchive.work(task, 1, new Date());
  expect(result.documents).toEqual(task.typedVariables);
  expect(result.archiveReference).toMatch(/^ARC-GC-0001-[0-9A-F]{12}$/);
  expect(documentArchive.work({ ...task, typedVariables: reversed }, 2, new Date())).toEqual(result);
  expect(documentArchive.work(loanTask({ amount: 1 }), 1, new Date()).archiveReference).not.toBe(
    result.archiveReference,
  );
});
