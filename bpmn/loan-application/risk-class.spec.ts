import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { creditBureau } from '../../workers/src/loan/credit-bureau.js';
import { fraudCheck } from '../../workers/src/loan/fraud-check.js';
import { valuation } from '../../workers/src/loan/valuation.js';
import { countBy, evaluateRiskClass } from './evaluate-risk-class.mjs';

interface Row {
  readonly riskClass?: string;
  readonly rule: string;
  readonly decision: string;
  readonly risk: 'good' | 'bad';
}

const { rows, rules } = (await evaluateRiskClass({ creditBureau, fraudCheck, valuation })) as {
  rows: Row[];
  rules: { id: string }[];
};

/** The share of bad loans among the rows, from 0 to 1. */
function badShare(those: readonly Row[]): number {
  return those.filter(({ risk }) => risk === 'bad').length / those.length;
}

describe('the risk classes against what became of the 1,000 loans', () => {
  const ofClass = (name: string) => rows.filter(({ riskClass }) => riskClass === name);

  test('low risk is much better, high risk much worse than a loan taken blindly', () => {
    const blindly = badShare(rows);
    expect(badShare(ofClass('LOW'))).toBeLessThan(blindly / 2);
    expect(badShare(ofClass('HIGH'))).toBeGreaterThan(blindly * 1.8);
  });

  test('no class is a rarity', () => {
    for (const name of ['LOW', 'MEDIUM', 'HIGH']) expect(ofClass(name).length).toBeGreaterThan(200);
  });

  test('every rule of the table is needed by some application', () => {
    const used = new Set(rows.map(({ rule }) => rule));
    expect(rules.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });

  test('the figures in README.md are these', async () => {
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const tables = readme.replaceAll(/ *\| */g, '|');
    const groups = [
      ...countBy(rows, ({ riskClass }: Row) => riskClass ?? 'no score: blocked by the bureau'),
      ...countBy(rows, ({ decision }: Row) => decision),
    ] as [string, { good: number; bad: number }][];
    for (const [name, { good, bad }] of groups) {
      const percent = ((100 * bad) / (good + bad)).toFixed(1);
      expect(tables).toContain(`|${name}|${good + bad}|${good}|${bad}|${percent}|`);
    }
  });
});
