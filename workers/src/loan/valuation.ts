import { typed } from '../sdk/index.js';
import { type LoanTask, lookUp, readNumber } from './application.js';
import type { LoanWorker } from './loan-worker.js';

/** What the applicant's property fetches when it must be sold, in DM. A life insurance grows with age instead. */
const PROPERTY_VALUE = { real_estate: 30_000, life_insurance: 0, car: 6_000, none: 0 } as const;
/** Savings that can be pledged: the lower end of the answer, in DM. */
const SAVINGS_VALUE = { below_100: 0, '100_to_500': 100, '500_to_1000': 500, over_1000: 1_000, unknown: 0 } as const;
/** What is bought with the loan, as a share of its price that is left after a year. */
const RESALE_SHARE: Readonly<Record<string, number>> = {
  new_car: 0.65,
  used_car: 0.7,
  furniture: 0.3,
  radio_tv: 0.25,
  appliances: 0.3,
  business: 0.35,
};
const GUARANTEED_SHARE = { none: 0, co_applicant: 0.25, guarantor: 0.5 } as const;
/** Stands for a loan without any collateral: the process compares numbers, and infinity isn't one in JSON. */
const LOAN_TO_VALUE_CAP = 99.99;

/** Topic `valuation`: what could be sold if the loan isn't repaid, in DM, and the loan as a share of it. */
export const valuation: LoanWorker = {
  name: 'valuation',
  topic: 'valuation',
  idempotencyKey: (task) => task.id,

  work(task) {
    const amount = readNumber(task, 'amount');
    const collateralValue = Math.round(
      propertyValue(task) +
        lookUp<number>(task, 'savings', SAVINGS_VALUE) +
        amount * (RESALE_SHARE[String(task.variables.purpose)] ?? 0) +
        amount * lookUp<number>(task, 'debtors', GUARANTEED_SHARE),
    );
    const ratio = collateralValue === 0 ? LOAN_TO_VALUE_CAP : amount / collateralValue;
    return { collateralValue, loanToValue: Math.min(LOAN_TO_VALUE_CAP, Math.round(ratio * 10_000) / 10_000) };
  },

  variables: ({ collateralValue, loanToValue }) => ({
    collateralValue: typed.integer(collateralValue as number),
    loanToValue: typed.double(loanToValue as number),
  }),
};

function propertyValue(task: LoanTask): number {
  const value = lookUp<number>(task, 'property', PROPERTY_VALUE);
  if (task.variables.property !== 'life_insurance') return value;
  return Math.max(500, (readNumber(task, 'age') - 20) * 250);
}
