import { expect, test } from 'vitest';
import { encodeVariables } from '../sdk/variables.js';
import { loanTask, readApplications } from '../testing/loan-fixture.js';
import { valuation } from './valuation.js';

const value = (changes: Record<string, unknown> = {}) => {
  const task = loanTask(changes);
  return encodeVariables(valuation.variables(valuation.work(task, 1, new Date()), task));
};

test('property, savings, the bought thing and a guarantor count', () => {
  const loan = { purpose: 'new_car', amount: 10_000, savings: 'over_1000', debtors: 'guarantor', property: 'car' };
  // 6,000 car, 1,000 savings, 6,500 new car, 5,000 guaranteed
  expect(value(loan)).toEqual({
    collateralValue: { type: 'Integer', value: 18_500 },
    loanToValue: { type: 'Double', value: 0.5405 },
  });
});

test('a life insurance is worth more with every year', () => {
  const at = (age: number) => value({ property: 'life_insurance', purpose: 'education', age }).collateralValue?.value;
  expect([at(19), at(30), at(60)]).toEqual([500, 2_500, 10_000]);
});

test('without any collateral the ratio is still a number', () => {
  expect(value({ property: 'none', purpose: 'education', savings: 'unknown' })).toEqual({
    collateralValue: { type: 'Integer', value: 0 },
    loanToValue: { type: 'Double', value: 99.99 },
  });
});

test('every recorded application can be valued', () => {
  for (const application of readApplications()) {
    const { collateralValue, loanToValue } = value(application);
    expect(Number.isInteger(collateralValue?.value)).toBe(true);
    expect(loanToValue?.value).toBeGreaterThan(0);
  }
});
