import { readApplicationId } from './application.js';
import { fingerprint, type LoanWorker } from './loan-worker.js';

/** Topic `archive-documents`: keeps everything the process knows about the application; the journal is the archive. */
export const documentArchive: LoanWorker = {
  name: 'document-archive',
  topic: 'archive-documents',
  idempotencyKey: (task) => task.id,

  work(task) {
    const applicationId = readApplicationId(task);
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
