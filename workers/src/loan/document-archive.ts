import { FailedTask } from '../sdk/index.js';
import { readApplicationId } from './application.js';
import { fingerprint, type LoanWorker } from './loan-worker.js';

/** Topic `archive-documents`: keeps everything the process knows about the application; the journal is the archive. */
export const documentArchive: LoanWorker = {
  name: 'document-archive',
  topic: 'archive-documents',
  retry: { retries: 3, initialMs: 1_000 },
  idempotencyKey: (task) => task.id,

  work(task, attempt) {
    const applicationId = readApplicationId(task);
    const { archiveClosedAttempts } = task.variables;
    if (typeof archiveClosedAttempts === 'number' && attempt <= archiveClosedAttempts)
      throw new FailedTask(`The archive is closed (attempt ${attempt} for ${applicationId})`);
    // Sorted, so that the reference depends on what is archived and not on the order in which the server sent it.
    const documents = Object.entries(task.typedVariables).sort(([a], [b]) => (a < b ? -1 : 1));
    const digest = fingerprint(12, documents);
    return {
      archiveReference: `ARC-${applicationId}-${digest}`,
      documents: Object.fromEntries(documents),
    };
  },

  variables: ({ archiveReference }) => ({ archiveReference }),
};
