import { type LoanTask, readApplicationId, unusable } from './application.js';
import { fingerprint, type LoanWorker } from './loan-worker.js';

/** What the letters say, by `notificationKind`. `{name}` is replaced by the variable. */
const LETTERS: Readonly<Record<string, string>> = {
  'documents-requested': 'To decide on your application over {amount} DM we need further documents. Please send them.',
  'documents-reminder': 'Your documents have not reached us yet. Without them we can not decide on your application.',
  'application-cancelled': 'We have not received your documents within a month and have closed your application.',
  rejection: 'After careful examination we can not grant you the loan of {amount} DM.',
  offer:
    'We are pleased to offer you a loan of {offeredAmount} DM over {durationMonths} months. Please answer in 14 days.',
  'offer-expired': 'You have not answered our offer in time. It is no longer valid.',
  'offer-declined': 'We have noted that you do not want our offer. You are welcome any time.',
  'withdrawal-confirmed': 'As you wished, we have closed your application.',
  'loan-disbursed': 'Your loan was paid out. The reference of the payment is {paymentReference}.',
};

/** Topic `notify-applicant`: writes a letter of the kind in `notificationKind`. One per task: reminders come repeatedly. */
export const notification: LoanWorker = {
  name: 'notification',
  topic: 'notify-applicant',
  idempotencyKey: (task) => task.id,

  work(task) {
    const applicationId = readApplicationId(task);
    const kind = readKind(task);
    return {
      notificationId: `LTR-${applicationId}-${fingerprint(8, task.id, kind)}`,
      kind,
      recipient: readRecipient(task),
      text: fill(LETTERS[kind] ?? `There is news about your application: ${kind.replaceAll('-', ' ')}.`, task),
    };
  },

  variables: ({ notificationId }) => ({ notificationId }),
};

function readKind({ variables }: LoanTask): string {
  const kind = variables.notificationKind;
  // A kind without a letter of its own gets the general one, so that a model may have more kinds than this program.
  if (typeof kind === 'string' && /^[a-z][a-z0-9-]*$/.test(kind)) return kind;
  throw unusable('notificationKind', "a word like 'offer' or 'documents-requested'", kind);
}

function readRecipient(task: LoanTask): string {
  const name = task.variables.applicantName;
  return typeof name === 'string' && name !== '' ? name : `Applicant ${readApplicationId(task)}`;
}

function fill(text: string, { variables }: LoanTask): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(variables[name] ?? '–'));
}
