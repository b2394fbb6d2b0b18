import { readdir, readFile } from 'node:fs/promises';
import { type ProcessTest, processTest, TestInstance } from '@millrace/engine/testing';
import { beforeEach, describe, expect, test } from 'vitest';

const FOLDER = new URL('.', import.meta.url);
const NUMBER = 'APP-1';

let engine: ProcessTest;

beforeEach(async () => {
  engine = await (await processTest()).deploy(await readModels());
});

async function readModels(): Promise<Record<string, string>> {
  const names = (await readdir(FOLDER)).filter((name) => /\.(bpmn|dmn|form)$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, FOLDER), 'utf8')));
  return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? '']));
}

/** An applicant whose loan is approved without a human. */
const GOOD = {
  documentsComplete: true,
  checkingAccount: 'none',
  creditHistory: 'existing_paid',
  savings: '100_to_500',
  debtors: 'none',
  durationMonths: 12,
  amount: 2400,
};
/** One for whom a human has to look: too large for an automatic decision. */
const LARGE = { ...GOOD, checkingAccount: '200_or_salary', amount: 9000 };

function apply(data: Record<string, unknown>): TestInstance {
  return engine.start('loan-application', data, { businessKey: NUMBER });
}

/** The workers answer until the decision is made. */
function check(loan: TestInstance, answers: { score?: number; fraud?: boolean; loanToValue?: number } = {}): void {
  const { score = 700, fraud = false, loanToValue = 0.5 } = answers;
  loan.completeExternalTask('credit-check', { creditScore: score, creditReport: {} });
  loan.completeExternalTask('fraud-check', { fraudSuspected: fraud, fraudFindings: [] });
  loan.completeExternalTask('valuation', { collateralValue: 5000, loanToValue });
}

function tell(message: string, variables: Record<string, unknown> = {}): void {
  engine.message(message, { businessKey: NUMBER, variables });
}

function notify(loan: TestInstance): void {
  loan.completeExternalTask('notify-applicant', { notificationId: 'N-1' });
}

function expectEnd(loan: TestInstance, outcome: string, endEvent: string): void {
  expect(loan.waitingAt()).toEqual([]);
  expect(loan.ended).toBe(true);
  expect(loan.variables()).toMatchObject({ outcome });
  expect(loan.path()).toContain(endEvent);
}

describe('a clear case', () => {
  test('is approved, offered, paid out and archived without a human', () => {
    const loan = apply(GOOD);
    expect(loan.waitingAt()).toEqual(['AskBureau']);
    check(loan);
    expect(loan.variables()).toMatchObject({ riskClass: 'LOW', interestRatePercent: 5.9, offeredAmount: 2400 });
    expect(loan.waitingAt()).toEqual(['SendOffer']);
    notify(loan);
    expect(loan.waitingAt()).toEqual(['OfferAnswer']);
    tell('offer-answered', { offerAccepted: true });
    loan.completeExternalTask('disbursement', { paymentReference: 'PAY-1' });
    notify(loan);
    loan.completeExternalTask('archive-documents', { archiveReference: 'ARC-1' });
    expectEnd(loan, 'approved', 'LoanPaidOut');
  });

  test('is rejected without a human when the risk is high and nothing covers it', () => {
    const loan = apply({ ...GOOD, checkingAccount: 'below_0' });
    check(loan, { score: 420, loanToValue: 3 });
    expect(loan.variables()).toMatchObject({ riskClass: 'HIGH' });
    notify(loan);
    expectEnd(loan, 'rejected', 'ApplicationRejected');
  });

  test('is rejected when the bureau blocks the applicant', () => {
    const loan = apply(GOOD);
    loan.throwError('credit-check', 'CREDIT_BUREAU_REJECTED');
    expect(loan.waitingAt()).toEqual(['SendRejection']);
    notify(loan);
    expectEnd(loan, 'rejected', 'ApplicationRejected');
  });
});

describe('an application', () => {
  test('that comes as a message gets its number from the business key', () => {
    const loan = engine.message('loan-application-received', { businessKey: NUMBER, variables: GOOD });
    expect(loan.waitingAt()).toEqual(['AskBureau']);
    expect(loan.variables()).toMatchObject({ applicationId: NUMBER });
  });

  test('without any number gets one', () => {
    const loan = engine.start('loan-application', GOOD);
    expect(loan.variables().applicationId).toMatch(/^LOAN-/);
  });
});

describe('co-applicants', () => {
  /** The instances of credit-check, one per borrower. */
  function creditChecks(loan: TestInstance): TestInstance[] {
    const called = [...engine.host.instances.keys()].filter((id) => id !== loan.id);
    return called.map((id) => new TestInstance(engine, id));
  }

  const TOGETHER = { ...GOOD, coApplicants: [{ name: 'Ada', creditHistory: 'critical' }, {}] };

  test('are checked beside the applicant, each with their own answers', () => {
    const loan = apply(TOGETHER);
    expect(loan.waitingAt()).toEqual(['AskBureau', 'AskBureau', 'AskBureau']);
    expect(loan.variables().borrowers).toMatchObject([
      { name: 'applicant', creditHistory: 'existing_paid', savings: '100_to_500' },
      { name: 'Ada', creditHistory: 'critical', savings: '100_to_500' },
      { name: 'co-applicant 2', creditHistory: 'existing_paid', savings: '100_to_500' },
    ]);
    const histories = creditChecks(loan).map((called) => called.variables().creditHistory);
    expect(histories.toSorted()).toEqual(['critical', 'existing_paid', 'existing_paid']);
  });

  test('count with the worst score, and all scores are kept', () => {
    const loan = apply(TOGETHER);
    const answers = [700, 450, 600];
    for (const [index, called] of creditChecks(loan).entries()) {
      const creditScore = answers[index];
      called.completeExternalTask('credit-check', { creditScore, creditReport: { score: creditScore } });
    }
    expect(loan.waitingAt()).toEqual(['CheckFraud', 'ValueCollateral']);
    expect(loan.variables()).toMatchObject({ creditScore: 450, creditReport: { score: 450 } });
    const { creditScores } = loan.variables() as { creditScores: { borrower: string; creditScore: number }[] };
    expect(creditScores.map(({ creditScore }) => creditScore)).toEqual([700, 450, 600]);
    expect(creditScores.map(({ borrower }) => borrower).toSorted()).toEqual(['Ada', 'applicant', 'co-applicant 2']);
  });

  test('of whom the bureau blocks one have their application rejected', () => {
    const loan = apply(TOGETHER);
    const [first, second] = creditChecks(loan);
    first?.completeExternalTask('credit-check', { creditScore: 700, creditReport: {} });
    second?.throwError('credit-check', 'CREDIT_BUREAU_REJECTED');
    expect(loan.waitingAt()).toEqual(['SendRejection']);
    notify(loan);
    expectEnd(loan, 'rejected', 'ApplicationRejected');
  });
});

describe('missing documents', () => {
  const INCOMPLETE = { ...GOOD, documentsComplete: false };

  test('are asked for until a clerk has found everything', () => {
    const loan = apply(INCOMPLETE);
    notify(loan);
    tell('documents-received');
    expect(loan.waitingAt()).toEqual(['CheckDocuments']);
    loan.completeTask('CheckDocuments', { documentsComplete: false });
    expect(loan.waitingAt()).toEqual(['RequestDocuments']);
    notify(loan);
    tell('documents-received');
    loan.completeTask('CheckDocuments', { documentsComplete: true });
    expect(loan.waitingAt()).toEqual(['AskBureau']);
  });

  test('bring a reminder every week', () => {
    const loan = apply(INCOMPLETE);
    notify(loan);
    for (let week = 1; week <= 3; week += 1) {
      engine.advance({ days: 7 });
      expect(loan.waitingAt()).toEqual(['SendReminder', 'WaitForDocuments']);
      notify(loan);
      expect(loan.waitingAt()).toEqual(['WaitForDocuments']);
    }
  });

  test('cancel the application after a month', () => {
    const loan = apply(INCOMPLETE);
    notify(loan);
    engine.advance('P1M');
    expect(loan.waitingAt()).toEqual(['ReportCancellation']);
    notify(loan);
    expectEnd(loan, 'cancelled', 'ApplicationCancelled');
  });
});

describe('underwriting', () => {
  test('an underwriter approves a large loan and agrees the terms', () => {
    const loan = apply(LARGE);
    check(loan);
    expect(loan.waitingAt()).toEqual(['ReviewApplication']);
    loan.completeTask('ReviewApplication', { loanApproved: true });
    expect(loan.waitingAt()).toEqual(['AgreeTerms']);
    loan.completeTask('AgreeTerms', { offeredAmount: 8000 });
    expect(loan.waitingAt()).toEqual(['SendOffer']);
    expect(loan.variables()).toMatchObject({ offeredAmount: 8000 });
  });

  test('a suspicion of fraud keeps even a low risk from being approved at once', () => {
    const loan = apply(GOOD);
    check(loan, { fraud: true });
    expect(loan.waitingAt()).toEqual(['ReviewApplication']);
    loan.completeTask('ReviewApplication', { loanApproved: false });
    notify(loan);
    expectEnd(loan, 'rejected', 'ApplicationRejected');
  });

  test('after two days a manager is asked as well, and the first decision ends both tasks', () => {
    const loan = apply(LARGE);
    check(loan);
    engine.advance({ days: 2 });
    expect(loan.waitingAt()).toEqual(['EscalatedReview', 'ReviewApplication']);
    loan.completeTask('EscalatedReview', { loanApproved: true });
    expect(loan.waitingAt()).toEqual(['AgreeTerms']);
    expect(loan.path()).toEqual(expect.arrayContaining(['DeadlineMissed', 'ReviewEscalated', 'ManagerDecided']));
  });

  test('the underwriter may still decide after the escalation', () => {
    const loan = apply(LARGE);
    check(loan);
    engine.advance({ days: 3 });
    loan.completeTask('ReviewApplication', { loanApproved: false });
    expect(loan.waitingAt()).toEqual(['SendRejection']);
  });
});

describe('an offer', () => {
  function offered(): TestInstance {
    const loan = apply(GOOD);
    check(loan);
    notify(loan);
    return loan;
  }

  test('expires after 14 days', () => {
    const loan = offered();
    engine.advance({ days: 13 });
    expect(loan.waitingAt()).toEqual(['OfferAnswer']);
    engine.advance({ days: 1 });
    notify(loan);
    expectEnd(loan, 'expired', 'OfferExpired');
  });

  test('can be declined', () => {
    const loan = offered();
    tell('offer-answered', { offerAccepted: false });
    notify(loan);
    expectEnd(loan, 'withdrawn', 'OfferDeclined');
  });

  test('accepted with a wrong account is paid out after a clerk has corrected it', () => {
    const loan = offered();
    tell('offer-answered', { offerAccepted: true, accountNumber: 'nowhere' });
    loan.throwError('disbursement', 'ACCOUNT_INVALID');
    expect(loan.waitingAt()).toEqual(['CorrectAccount']);
    loan.completeTask('CorrectAccount', { accountNumber: 'DE89370400440532013000' });
    expect(loan.waitingAt()).toEqual(['DisburseLoan']);
    loan.completeExternalTask('disbursement', { paymentReference: 'PAY-1' });
    expect(loan.waitingAt()).toEqual(['PaymentReported']);
  });

  test('whose payment fails for good waits as an incident for an operator', () => {
    const loan = offered();
    tell('offer-answered', { offerAccepted: true });
    loan.failExternalTask('disbursement', { message: 'the bank is closed', retries: 0 });
    expect(loan.waitingAt()).toEqual(['DisburseLoan']);
    expect(loan.incidents()).toMatchObject([{ elementId: 'DisburseLoan', message: 'the bank is closed' }]);
  });
});

describe('a withdrawal', () => {
  const waits: [string, () => TestInstance][] = [
    ['while documents are missing', () => apply({ ...GOOD, documentsComplete: false })],
    ['during the credit check', () => apply(GOOD)],
    [
      'while an underwriter reviews',
      () => {
        const loan = apply(LARGE);
        check(loan);
        return loan;
      },
    ],
    [
      'while the offer is open',
      () => {
        const loan = apply(GOOD);
        check(loan);
        notify(loan);
        return loan;
      },
    ],
  ];

  test.each(waits)('%s stops everything', (_when, bring) => {
    const loan = bring();
    tell('application-withdrawn');
    expect(loan.waitingAt()).toEqual(['ConfirmWithdrawal']);
    notify(loan);
    expectEnd(loan, 'withdrawn', 'ApplicationWithdrawn');
    expect(loan.path()).not.toContain('ReversePayment');
  });

  const paid: [string, (loan: TestInstance) => void][] = [
    ['before the payment is reported', () => undefined],
    ['while the documents are archived', notify],
  ];

  test.each(paid)('%s reverses the payment first', (_when, bring) => {
    const loan = apply(GOOD);
    check(loan);
    notify(loan);
    tell('offer-answered', { offerAccepted: true });
    loan.completeExternalTask('disbursement', { paymentReference: 'PAY-1' });
    bring(loan);
    tell('application-withdrawn');
    expect(loan.waitingAt()).toContain('ReversePayment');
    expect(loan.waitingAt()).not.toContain('ConfirmWithdrawal');
    loan.completeExternalTask('disbursement-reversal', { reversalReference: 'REV-1' });
    expect(loan.waitingAt()).toEqual(['ConfirmWithdrawal']);
    notify(loan);
    expectEnd(loan, 'withdrawn', 'ApplicationWithdrawn');
  });

  test('between the payment and what follows reverses it too', () => {
    const loan = apply(GOOD);
    check(loan);
    notify(loan);
    tell('offer-answered', { offerAccepted: true });
    engine.runJobs = false;
    loan.completeExternalTask('disbursement', { paymentReference: 'PAY-1' });
    tell('application-withdrawn');
    expect(loan.waitingAt()).toContain('ReversePayment');
  });
});
