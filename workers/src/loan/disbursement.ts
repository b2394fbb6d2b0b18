import { BpmnError, FailedTask } from '../sdk/index.js';
import { type LoanTask, readApplicationId, readNumber, unusable } from './application.js';
import { isIban } from './iban.js';
import { fingerprint, type LoanWorker } from './loan-worker.js';

/** The bank is closed when a payment for an application whose number ends in this digit is tried for the first time. */
const CLOSED_AT_FIRST_FOR = '7';

/**
 * Topic `disbursement`: pays the loan out, once per application whatever the process asks: the application's number is the
 * idempotency key.
 */
export const disbursement: LoanWorker = {
  name: 'disbursement',
  topic: 'disbursement',
  retry: { retries: 3, initialMs: 1_000 },
  idempotencyKey: readApplicationId,

  work(task, attempt, now) {
    const applicationId = readApplicationId(task);
    const amount = readAmount(task);
    const account = readAccount(task);
    if (attempt <= closedAttempts(task, applicationId)) {
      throw new FailedTask(`The bank's payment system is closed (attempt ${attempt} for ${applicationId})`);
    }
    return {
      paymentReference: `PAY-${applicationId}-${fingerprint(8, applicationId, amount, account)}`,
      disbursedAt: now.toISOString(),
      amount,
      account,
    };
  },

  variables({ paymentReference, disbursedAt, amount }, task) {
    const wanted = readAmount(task);
    if (wanted !== amount) {
      throw new FailedTask(
        `Expected a payment of ${wanted} DM, but ${amount} DM are paid as ${paymentReference} already`,
        {
          retries: 0,
        },
      );
    }
    return { paymentReference, disbursedAt: new Date(String(disbursedAt)) };
  },
};

/** What the applicant accepted, which can be less than what was asked for. */
function readAmount(task: LoanTask): number {
  const name = typeof task.variables.offeredAmount === 'number' ? 'offeredAmount' : 'amount';
  const amount = readNumber(task, name);
  if (amount <= 0) throw unusable(name, 'more than 0', amount);
  return amount;
}

/** Without an account the applicant's account at the bank takes the money. */
function readAccount({ variables }: LoanTask): string | null {
  const account = variables.accountNumber ?? null;
  if (account === null || account === '') return null;
  if (typeof account === 'string' && isIban(account)) return account.replaceAll(/\s/g, '').toUpperCase();
  throw new BpmnError('ACCOUNT_INVALID', `'${String(account)}' is not the number of an account that takes payments`);
}

/** How many attempts find the bank closed: an exercise for retries and incidents. */
function closedAttempts({ variables }: LoanTask, applicationId: string): number {
  const wanted = variables.bankClosedAttempts;
  if (typeof wanted === 'number') return wanted;
  return applicationId.endsWith(CLOSED_AT_FIRST_FOR) ? 1 : 0;
}
