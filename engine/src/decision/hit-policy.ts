import { EvaluationError } from '../errors.js';
import type { DecisionResult } from '../ports.js';
import { NULL, type TypedValue, toNative } from '../runtime/typed-value.js';

export const HIT_POLICIES = ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'] as const;
export type HitPolicy = (typeof HIT_POLICIES)[number];
export const AGGREGATORS = ['SUM', 'MIN', 'MAX', 'COUNT'] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

export type Outputs = Readonly<Record<string, TypedValue>>;

/** A rule that the inputs fit, with its outputs. */
export interface Match {
  readonly ruleId: string;
  readonly outputs: Outputs;
}

/** An output's allowed values, the most important one first. */
export interface OutputOrder {
  readonly name: string;
  readonly values: readonly TypedValue[];
}

/** Whether the first rule that fits decides, so that no further one needs to be tried. */
export function stopsAtFirst(policy: HitPolicy): boolean {
  return policy === 'FIRST';
}

/**
 * What the rules that fit, in the order of the table, amount to. Source: DMN 1.3 §8.2.11.
 * @throws EvaluationError when the policy doesn't allow for that many, or such, rules
 */
export function applyHitPolicy(
  policy: HitPolicy,
  aggregator: Aggregator | null,
  matches: readonly Match[],
  orders: readonly OutputOrder[],
  outputName: string,
): DecisionResult {
  const rules = matches.map(({ outputs }) => outputs);
  switch (policy) {
    case 'UNIQUE':
      if (matches.length > 1) {
        throw new EvaluationError(
          `Expected one rule at most to fit by hit policy UNIQUE, but these do: ${ruleIds(matches)}`,
          { fault: 'hit-policy' },
        );
      }
      return { rules };
    case 'ANY':
      if (rules.some((outputs) => !sameOutputs(outputs, rules[0]!))) {
        throw new EvaluationError(
          `Expected all rules to agree by hit policy ANY, but these don't: ${ruleIds(matches)}`,
          { fault: 'hit-policy' },
        );
      }
      return { rules: rules.slice(0, 1) };
    case 'FIRST':
      return { rules: rules.slice(0, 1) };
    case 'PRIORITY':
      return { rules: byPriority(rules, orders).slice(0, 1) };
    case 'OUTPUT ORDER':
      return { rules: byPriority(rules, orders) };
    case 'RULE ORDER':
      return { rules };
    case 'COLLECT': {
      if (!aggregator) return { rules };
      const aggregated = aggregate(
        aggregator,
        rules.map((outputs) => outputs[outputName] ?? NULL),
        matches,
      );
      if (aggregated.type === 'Null') return { rules: [], aggregated };
      return { rules: [{ [outputName]: aggregated }], aggregated };
    }
  }
}

function byPriority(rules: readonly Outputs[], orders: readonly OutputOrder[]): readonly Outputs[] {
  const rank = (outputs: Outputs, { name, values }: OutputOrder) => {
    const position = values.findIndex((value) => sameValue(value, outputs[name] ?? NULL));
    return position < 0 ? values.length : position;
  };
  return [...rules].sort((a, b) => {
    for (const order of orders) {
      const difference = rank(a, order) - rank(b, order);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** Integer when all values are, Double when one is, else Long. Nothing to sum up or to compare gives null. */
function aggregate(aggregator: Aggregator, values: readonly TypedValue[], matches: readonly Match[]): TypedValue {
  if (aggregator === 'COUNT') return { type: 'Integer', value: values.filter(({ type }) => type !== 'Null').length };
  const given = values.filter(({ type }) => type !== 'Null');
  if (given.length === 0) return NULL;
  const numbers = given.map(({ type, value }) => {
    if ((type === 'Integer' || type === 'Long' || type === 'Double' || type === 'Short') && typeof value === 'number')
      return value;
    throw new EvaluationError(
      `Expected numbers to aggregate by ${aggregator}, but a rule of ${ruleIds(matches)} gives a ${type}`,
      { fault: 'hit-policy' },
    );
  });
  const value = combine(aggregator, numbers);
  if (given.every(({ type }) => type === 'Integer') && (value | 0) === value) return { type: 'Integer', value };
  return { type: given.some(({ type }) => type === 'Double') ? 'Double' : 'Long', value };
}

function combine(aggregator: 'SUM' | 'MIN' | 'MAX', numbers: readonly number[]): number {
  switch (aggregator) {
    case 'SUM':
      return numbers.reduce((sum, value) => sum + value, 0);
    case 'MIN':
      return numbers.reduce((least, value) => Math.min(least, value));
    case 'MAX':
      return numbers.reduce((most, value) => Math.max(most, value));
  }
}

function sameOutputs(a: Outputs, b: Outputs): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => b[name] !== undefined && sameValue(a[name]!, b[name]))
  );
}

function sameValue(a: TypedValue, b: TypedValue): boolean {
  const left = toNative(a);
  const right = toNative(b);
  return left === right || JSON.stringify(left, bigints) === JSON.stringify(right, bigints);
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function ruleIds(matches: readonly Match[]): string {
  return matches.map(({ ruleId }) => `'${ruleId}'`).join(', ');
}
