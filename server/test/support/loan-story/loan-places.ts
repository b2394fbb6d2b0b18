import type { Loan } from './loan.js';

/** Where a loan of version 1 can wait, and how it gets there. */
export interface Place {
  readonly name: string;
  /** The elements without others inside at which it then is. */
  readonly at: readonly string[];
  readonly documentsComplete?: boolean;
  readonly coApplicants?: number;
  reach(loan: Loan): Promise<void>;
}

const SCORE = { creditScore: 600, creditReport: '{}' };
const NO_FRAUD = { fraudSuspected: false };
const VALUE = { collateralValue: 5000, loanToValue: 0.5 };

type Step = (loan: Loan) => Promise<void>;
const then =
  (...steps: Step[]): Step =>
  async (loan) => {
    for (const step of steps) await step(loan);
  };
const work =
  (activityId: string, variables = {}): Step =>
  (loan) =>
    loan.work(activityId, variables);
const run =
  (activityId: string): Step =>
  (loan) =>
    loan.run(activityId);
const nothing: Step = async () => {};

const asked = work('RequestDocuments');
const checked = work('AskBureau', SCORE);
const classified = then(checked, run('ClassifyRisk'));
const assessed = then(
  classified,
  work('CheckFraud', NO_FRAUD),
  run('CheckFraud'),
  work('ValueCollateral', VALUE),
  run('ValueCollateral'),
);
const reviewed = (loanApproved: boolean): Step =>
  then(assessed, (loan) => loan.decide('ReviewApplication', { loanApproved }));
const agreed = then(reviewed(true), (loan) => loan.decide('AgreeTerms'));
const offered = then(agreed, work('SendOffer'));
const answered = (offerAccepted: boolean): Step =>
  then(offered, (loan) => loan.tell('offer-answered', { offerAccepted, accountNumber: 'DE02120300000000202051' }));
const paying = then(answered(true), run('DisburseLoan'));
const paid = then(paying, work('DisburseLoan', { paymentReference: 'P-1' }));
const reported = then(paid, run('DisburseLoan'));
const withdrawn: Step = (loan) => loan.tell('application-withdrawn');

export const PLACES: readonly Place[] = [
  { name: 'documents asked for', at: ['RequestDocuments'], documentsComplete: false, reach: nothing },
  { name: 'documents awaited', at: ['WaitForDocuments'], documentsComplete: false, reach: asked },
  {
    name: 'reminder due',
    at: ['SendReminder', 'WaitForDocuments'],
    documentsComplete: false,
    reach: then(asked, run('ReminderDue')),
  },
  {
    name: 'documents at the clerk',
    at: ['CheckDocuments'],
    documentsComplete: false,
    reach: then(asked, (loan) => loan.tell('documents-received')),
  },
  {
    name: 'month over',
    at: ['ReportCancellation'],
    documentsComplete: false,
    reach: then(asked, run('DocumentsOverdue')),
  },
  { name: 'at the bureau', at: ['CheckCredit'], reach: nothing },
  { name: 'three at the bureau', at: ['CheckCredit', 'CheckCredit', 'CheckCredit'], coApplicants: 2, reach: nothing },
  {
    name: 'bureau at work',
    at: ['CheckCredit'],
    reach: async (loan) => {
      await loan.lock('AskBureau');
    },
  },
  { name: 'bureau gave up', at: ['CheckCredit'], reach: (loan) => loan.giveUp('AskBureau') },
  { name: 'to classify', at: ['ClassifyRisk'], reach: checked },
  { name: 'both checks', at: ['CheckFraud', 'ValueCollateral'], reach: classified },
  {
    name: 'valuation at work',
    at: ['CheckFraud', 'ValueCollateral'],
    reach: then(classified, async (loan) => {
      await loan.lock('ValueCollateral');
    }),
  },
  {
    name: 'fraud check reported',
    at: ['CheckFraud', 'ValueCollateral'],
    reach: then(classified, work('CheckFraud', NO_FRAUD)),
  },
  {
    name: 'one at the join',
    at: ['ChecksJoin', 'ValueCollateral'],
    reach: then(classified, work('CheckFraud', NO_FRAUD), run('CheckFraud')),
  },
  { name: 'review', at: ['ReviewApplication'], reach: assessed },
  {
    name: 'review escalated',
    at: ['EscalatedReview', 'ReviewApplication'],
    reach: then(assessed, run('ReviewOverdue')),
  },
  { name: 'rejection', at: ['SendRejection'], reach: reviewed(false) },
  { name: 'terms', at: ['AgreeTerms'], reach: reviewed(true) },
  { name: 'offer to send', at: ['SendOffer'], reach: agreed },
  { name: 'offer out', at: ['OfferAnswer'], reach: offered },
  { name: 'offer expired', at: ['ReportExpiry'], reach: then(offered, run('OfferDeadline')) },
  { name: 'offer declined', at: ['ConfirmDeclined'], reach: answered(false) },
  { name: 'payment to start', at: ['DisburseLoan'], reach: answered(true) },
  { name: 'payment', at: ['DisburseLoan'], reach: paying },
  { name: 'payment gave up', at: ['DisburseLoan'], reach: then(paying, (loan) => loan.giveUp('DisburseLoan')) },
  {
    name: 'wrong account',
    at: ['CorrectAccount'],
    reach: then(paying, (loan) => loan.refuse('DisburseLoan', 'ACCOUNT_INVALID')),
  },
  { name: 'payment reported', at: ['DisburseLoan'], reach: paid },
  { name: 'applicant to be told', at: ['PaymentReported'], reach: reported },
  { name: 'to archive', at: ['ArchiveDocuments'], reach: then(reported, work('PaymentReported')) },
  { name: 'withdrawn', at: ['ConfirmWithdrawal'], reach: withdrawn },
  { name: 'payment to reverse', at: ['ReversePayment', 'UndoPayment'], reach: then(reported, withdrawn) },
];
