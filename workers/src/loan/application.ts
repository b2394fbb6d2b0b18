import { FailedTask, type Task } from '../sdk/index.js';

/** The variables of a loan application as its process has them: the columns of data/german-credit.csv but `risk`. */
export interface Application {
  readonly applicationId: string;
  readonly checkingAccount: 'below_0' | '0_to_200' | '200_or_salary' | 'none';
  readonly durationMonths: number;
  readonly creditHistory: 'critical' | 'existing_paid' | 'past_delay' | 'no_credits' | 'all_paid_here';
  readonly purpose: string;
  /** In DM. */
  readonly amount: number;
  readonly savings: 'below_100' | '100_to_500' | '500_to_1000' | 'over_1000' | 'unknown';
  readonly employment: 'unemployed' | 'below_1y' | '1_to_4y' | '4_to_7y' | 'over_7y';
  readonly installmentRatePercent: number;
  readonly debtors: 'none' | 'co_applicant' | 'guarantor';
  readonly residenceYears: number;
  readonly property: 'real_estate' | 'life_insurance' | 'car' | 'none';
  readonly age: number;
  readonly housing: 'own' | 'rent' | 'free';
  readonly existingCredits: number;
  readonly job: 'unskilled_non_resident' | 'unskilled' | 'skilled' | 'management';
  readonly dependents: number;
  readonly telephone: boolean;
}

/** Whatever the process sent; nothing is known about it before it is read with the functions below. */
export type LoanTask = Task<Record<string, unknown>>;

/** @throws FailedTask without retries when the variable isn't a finite number: trying again can't help */
export function readNumber({ variables }: LoanTask, name: string): number {
  const value = variables[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unusable(name, 'a number', value);
}

/** The points or amounts that a table gives for the value. @throws FailedTask without retries when it has no such row */
export function lookUp<T>({ variables }: LoanTask, name: keyof Application, table: Readonly<Record<string, T>>): T {
  const value = variables[name];
  if (typeof value === 'string' && Object.hasOwn(table, value)) return table[value] as T;
  throw unusable(name, `one of ${Object.keys(table).join(', ')}`, value);
}

/** The application's number: the business key, else the variable. @throws FailedTask without retries when neither is there */
export function readApplicationId({ businessKey, variables }: LoanTask): string {
  const id = businessKey || variables.applicationId;
  if (typeof id === 'string' && id !== '') return id;
  throw new FailedTask("Expected a business key or a variable 'applicationId', but the task has neither", {
    retries: 0,
  });
}

export function unusable(name: string, expected: string, value: unknown): FailedTask {
  const got = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`;
  return new FailedTask(`Expected variable '${name}' to be ${expected}, but ${got}`, { retries: 0 });
}
