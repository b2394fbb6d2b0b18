import { type LoanTask, readNumber } from './application.js';
import type { LoanWorker } from './loan-worker.js';

interface Finding {
  readonly rule: string;
  /** 1 (odd) to 3 (next to impossible). */
  readonly severity: number;
  readonly detail: string;
}

/** Findings of this severity together make a suspicion. */
const SUSPICION_FROM = 3;
const EARLIEST_WORKING_AGE = 16;
const LEAST_YEARS_EMPLOYED: Readonly<Record<string, number>> = { '1_to_4y': 1, '4_to_7y': 4, over_7y: 7 };

type Rule = (task: LoanTask) => Finding | undefined;

/** Each rule looks for answers that don't go together. None uses who the applicant is. */
const RULES: readonly Rule[] = [
  function employmentLongerThanPossible(task) {
    const age = readNumber(task, 'age');
    const years = LEAST_YEARS_EMPLOYED[String(task.variables.employment)] ?? 0;
    if (age - years >= EARLIEST_WORKING_AGE) return undefined;
    return {
      rule: 'employment-longer-than-possible',
      severity: 3,
      detail: `employed ${years} years or more at ${age}`,
    };
  },
  function managerWithoutWork({ variables }) {
    if (variables.job !== 'management' || variables.employment !== 'unemployed') return undefined;
    return { rule: 'manager-without-work', severity: 2, detail: 'job is management, employment is unemployed' };
  },
  function incomeOutOfProportion(task) {
    const amount = readNumber(task, 'amount');
    const rate = readNumber(task, 'installmentRatePercent');
    // The share of income that the instalment takes tells the income that the applicant claims.
    const income = Math.round((amount / readNumber(task, 'durationMonths') / rate) * 100);
    const plausible = task.variables.job === 'management' ? 60_000 : task.variables.job === 'skilled' ? 45_000 : 25_000;
    if (income <= plausible) return undefined;
    const detail = `the instalment is ${rate} % of an income of ${income} DM a month`;
    return { rule: 'income-out-of-proportion', severity: 2, detail };
  },
  function largeLoanWithoutWork(task) {
    const amount = readNumber(task, 'amount');
    if (amount < 8_000 || task.variables.employment !== 'unemployed') return undefined;
    return { rule: 'large-loan-without-work', severity: 2, detail: `${amount} DM without employment` };
  },
  function hardToReach(task) {
    const amount = readNumber(task, 'amount');
    if (amount < 5_000 || task.variables.telephone !== false || readNumber(task, 'residenceYears') > 1)
      return undefined;
    return { rule: 'hard-to-reach', severity: 1, detail: `${amount} DM, no telephone, moved within the last year` };
  },
  function businessWithoutMeans({ variables }) {
    if (variables.purpose !== 'business' || variables.savings !== 'below_100') return undefined;
    if (variables.checkingAccount !== 'below_0') return undefined;
    return { rule: 'business-without-means', severity: 1, detail: 'a business loan, an overdrawn account, no savings' };
  },
];

/** Topic `fraud-check`: answers that contradict each other, and whether together they are a suspicion. */
export const fraudCheck: LoanWorker = {
  name: 'fraud-check',
  topic: 'fraud-check',
  idempotencyKey: (task) => task.id,

  work(task) {
    const fraudFindings = RULES.map((rule) => rule(task)).filter((finding) => finding !== undefined);
    const severity = fraudFindings.reduce((sum, finding) => sum + finding.severity, 0);
    return { fraudSuspected: severity >= SUSPICION_FROM, fraudFindings };
  },

  variables: ({ fraudSuspected, fraudFindings }) => ({ fraudSuspected, fraudFindings }),
};
