import type { RestServer } from '../rest-server.js';
import type { Loan } from './loan.js';
import { type Standing, standing } from './standing.js';

type Step = (loan: Loan, at: Standing) => Promise<void>;

/** What is waited for where, in both versions, and what an easy-going world answers. */
const ANSWERS: Readonly<Record<string, Step>> = {
  WaitForDocuments: (loan) => loan.tell('documents-received'),
  CheckDocuments: (loan) => loan.decide('CheckDocuments', { documentsComplete: true }),
  CheckCredit: (loan) => loan.work('AskBureau,QueryBureau', { creditScore: 600, creditReport: '{}' }),
  ClassifyRisk: (loan) => loan.run('ClassifyRisk'),
  CheckFraud: workOrRun({ fraudSuspected: false }),
  ValueCollateral: workOrRun({ collateralValue: 5000, loanToValue: 0.5 }),
  ReviewApplication: (loan) => loan.decide('ReviewApplication', { loanApproved: true }),
  AssessApplication: (loan) => loan.decide('AssessApplication', { loanApproved: true }),
  EscalatedReview: (loan) => loan.decide('EscalatedReview', { loanApproved: true }),
  AgreeTerms: (loan) => loan.decide('AgreeTerms'),
  OfferAnswer: (loan) => loan.tell('offer-answered', { offerAccepted: true }),
  DisburseLoan: workOrRun({ paymentReference: 'P-1' }),
  CorrectAccount: (loan) => loan.decide('CorrectAccount', { accountNumber: 'DE02120300000000202051' }),
};
/** These wait for another one. */
const PASSIVE = ['ChecksJoin', 'UndoPayment'];

function workOrRun(variables: Readonly<Record<string, unknown>>): Step {
  return (loan, { elementId, isTransition }) => (isTransition ? loan.run(elementId) : loan.work(elementId, variables));
}

/** Answers whatever the loan waits for, until it has ended. @throws Error naming the place where it is stuck */
export async function finish(server: RestServer, loan: Loan): Promise<void> {
  for (let steps = 0; steps < 40; steps++) {
    const places = await standing(server, loan.id);
    if (places.length === 0) return;
    const at = places.find(({ elementId }) => !PASSIVE.includes(elementId));
    if (!at) break;
    await (ANSWERS[at.elementId] ?? ((_, { elementId }) => loan.work(elementId)))(loan, at);
  }
  throw new Error(
    `Expected loan ${loan.businessKey} to end, but it is at ${JSON.stringify(await standing(server, loan.id))}`,
  );
}
