import { type LoanTask, readApplicationId, unusable } from './application.js';
import { fingerprint, type LoanWorker } from './loan-worker.js';

/** Topic `disbursement-reversal`: takes a payment back, once however often the process asks. */
export const disbursementReversal: LoanWorker = {
  name: 'disbursement-reversal',
  topic: 'disbursement-reversal',
  retry: { retries: 3, initialMs: 1_000 },
  idempotencyKey: readPaymentReference,

  work(task, _attempt, now) {
    const applicationId = readApplicationId(task);
    const paymentReference = readPaymentReference(task);
    return {
      reversalReference: `REV-${applicationId}-${fingerprint(8, applicationId, paymentReference)}`,
      reversedAt: now.toISOString(),
      paymentReference,
    };
  },

  variables: ({ reversalReference, reversedAt }) => ({ reversalReference, reversedAt: new Date(String(reversedAt)) }),
};

/** @throws FailedTask without retries: what was never paid can't be taken back */
function readPaymentReference({ variables }: LoanTask): string {
  const reference = variables.paymentReference;
  if (typeof reference === 'string' && reference !== '') return reference;
  throw unusable('paymentReference', 'the reference of a payment', reference);
}
