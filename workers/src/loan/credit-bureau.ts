import { BpmnError } from '../sdk/index.js';
import { type LoanTask, lookUp, readApplicationId, readNumber } from './application.js';
import { fingerprint, type LoanWorker } from './loan-worker.js';

interface Factor {
  readonly factor: string;
  readonly value: unknown;
  readonly points: number;
}

const WORST_SCORE = 300;
const BEST_SCORE = 850;
const START_SCORE = 575;
/** Below this the bureau blocks the applicant instead of giving a score. */
const BLOCKED_BELOW = 380;

/**
 * Points per answer, after how 1,000 recorded loans went. Not a typo: who has loans at other banks (`critical`) repaid more
 * often than who never had one, and who keeps no account here more often than who overdraws it.
 */
const POINTS = {
  checkingAccount: { below_0: -70, '0_to_200': -35, '200_or_salary': 35, none: 95 },
  creditHistory: { critical: 60, existing_paid: -5, past_delay: -10, no_credits: -100, all_paid_here: -85 },
  savings: { below_100: -20, '100_to_500': -10, '500_to_1000': 50, over_1000: 70, unknown: 50 },
  employment: { unemployed: -25, below_1y: -35, '1_to_4y': 0, '4_to_7y': 30, over_7y: 20 },
} as const;

/** Topic `credit-check`: what a credit bureau knows about the applicant, as a score from 300 (worst) to 850 (best). */
export const creditBureau: LoanWorker = {
  name: 'credit-bureau',
  topic: 'credit-check',
  idempotencyKey: (task) => task.id,

  work(task) {
    const factors = factorsOf(task);
    const sum = factors.reduce((total, { points }) => total + points, START_SCORE);
    const creditScore = Math.min(BEST_SCORE, Math.max(WORST_SCORE, sum));
    if (creditScore < BLOCKED_BELOW) {
      throw new BpmnError('CREDIT_BUREAU_REJECTED', `The bureau gives no score below ${BLOCKED_BELOW}`);
    }
    return {
      creditScore,
      creditReport: {
        reference: `CB-${fingerprint(8, readApplicationId(task), factors)}`,
        score: creditScore,
        worstScore: WORST_SCORE,
        bestScore: BEST_SCORE,
        factors,
        existingCredits: readNumber(task, 'existingCredits'),
        hasLoansElsewhere: task.variables.creditHistory === 'critical',
      },
    };
  },

  variables: ({ creditScore, creditReport }) => ({ creditScore, creditReport }),
};

function factorsOf(task: LoanTask): Factor[] {
  const names = Object.keys(POINTS) as (keyof typeof POINTS)[];
  const answers = names.map((factor) => ({
    factor,
    value: task.variables[factor],
    points: lookUp<number>(task, factor, POINTS[factor]),
  }));
  const rate = readNumber(task, 'installmentRatePercent');
  const months = readNumber(task, 'durationMonths');
  const credits = readNumber(task, 'existingCredits');
  return [
    ...answers,
    { factor: 'installmentRatePercent', value: rate, points: 25 - 10 * Math.round(rate) },
    // Every year beyond the first makes it likelier that something comes between.
    { factor: 'durationMonths', value: months, points: Math.max(-60, Math.min(20, Math.round((18 - months) * 1.5))) },
    { factor: 'existingCredits', value: credits, points: credits > 3 ? -20 : 0 },
  ];
}
