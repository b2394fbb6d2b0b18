import { EvaluationError } from '../errors.js';
import type { DecisionResult } from '../ports.js';
import type { TypedValue } from '../runtime/typed-value.js';
import type { Cell, CellInput } from './cell.js';
import { convertInput, convertOutput, type DataType } from './data-types.js';
import type { DecisionLogic } from './decision-logic.js';
import {
  type Aggregator,
  applyHitPolicy,
  type HitPolicy,
  type Match,
  type OutputOrder,
  stopsAtFirst,
} from './hit-policy.js';
import type { DecisionScope } from './scope.js';
import type { UnaryTest } from './unary-tests.js';

export interface TableInput {
  readonly label: string;
  /** Null where the input has no expression: its value is null. */
  readonly cell: Cell | null;
  readonly type: DataType | null;
  /** The name by which cells read the value, beside `cellInput` and `?`. */
  readonly variable: string | null;
}

export interface TableOutput {
  readonly name: string;
  readonly type: DataType | null;
  /** What it is when no rule fits. */
  readonly defaultCell: Cell | null;
}

export interface TableRule {
  readonly id: string;
  /** One per input; null where every value fits. */
  readonly tests: readonly (UnaryTest | null)[];
  /** One per output; null where the cell is empty. */
  readonly cells: readonly (Cell | null)[];
}

export interface DecisionTable {
  readonly hitPolicy: HitPolicy;
  readonly aggregator: Aggregator | null;
  readonly inputs: readonly TableInput[];
  readonly outputs: readonly TableOutput[];
  readonly rules: readonly TableRule[];
  readonly orders: readonly OutputOrder[];
}

/** A decision table that can be evaluated. Source: DMN 1.3 §8. */
export function decisionTable(table: DecisionTable): DecisionLogic {
  const { inputs, rules, hitPolicy, aggregator, orders } = table;
  const names = inputs.map(({ variable }) => variable);
  const constants = rules.map((rule) => constantOutputs(rule, table));
  return {
    evaluate(scope): DecisionResult {
      const values = inputs.map((input, index) => inputValue(input, index, scope));
      const cellInputs = values.map((value, index): CellInput => {
        const name = names[index];
        return name ? { cellInput: value, [name]: value } : { cellInput: value };
      });
      const matches: Match[] = [];
      for (let index = 0; index < rules.length; index++) {
        const rule = rules[index]!;
        if (!fits(rule, index, values, cellInputs, scope)) continue;
        matches.push({ ruleId: rule.id, outputs: constants[index] ?? outputsOf(rule, index, table, scope) });
        if (stopsAtFirst(hitPolicy)) break;
      }
      if (matches.length === 0) {
        const defaults = defaultOutputs(table, scope);
        if (defaults) return { rules: [defaults] };
      }
      return applyHitPolicy(hitPolicy, aggregator, matches, orders, table.outputs[0]!.name);
    },
  };
}

function inputValue({ cell, type, label }: TableInput, index: number, scope: DecisionScope): unknown {
  if (!cell) return null;
  try {
    return convertInput(cell.value(scope), type);
  } catch (error) {
    throw located(error, `input ${index + 1} (${label})`);
  }
}

function fits(
  rule: TableRule,
  ruleIndex: number,
  values: readonly unknown[],
  cellInputs: readonly CellInput[],
  scope: DecisionScope,
): boolean {
  const { tests } = rule;
  for (let index = 0; index < tests.length; index++) {
    const test = tests[index];
    if (!test) continue;
    try {
      if (!test(values[index], scope, cellInputs[index]!)) return false;
    } catch (error) {
      throw located(error, `rule ${ruleIndex + 1} ('${rule.id}'), input ${index + 1}`);
    }
  }
  return true;
}

function outputsOf(
  rule: TableRule,
  ruleIndex: number,
  { outputs }: DecisionTable,
  scope: DecisionScope,
): Record<string, TypedValue> {
  const values: Record<string, TypedValue> = {};
  outputs.forEach(({ name, type }, index) => {
    const cell = rule.cells[index];
    if (!cell) return;
    try {
      values[name] = type ? convertOutput(cell.value(scope), type) : cell.typed(scope);
    } catch (error) {
      throw located(error, `rule ${ruleIndex + 1} ('${rule.id}'), output '${name}'`);
    }
  });
  return values;
}

/** The outputs of a rule whose cells are all constant; null when one isn't, or can't be converted. */
function constantOutputs(rule: TableRule, { outputs }: DecisionTable): Readonly<Record<string, TypedValue>> | null {
  const values: Record<string, TypedValue> = {};
  for (const [index, { name, type }] of outputs.entries()) {
    const cell = rule.cells[index];
    if (!cell) continue;
    if (!cell.isConstant) return null;
    try {
      values[name] = type ? convertOutput(cell.value(NO_SCOPE), type) : cell.typed(NO_SCOPE);
    } catch {
      return null;
    }
  }
  return Object.freeze(values);
}

/** Constant cells look at nothing. */
const NO_SCOPE = null as unknown as DecisionScope;

function defaultOutputs({ outputs }: DecisionTable, scope: DecisionScope): Record<string, TypedValue> | null {
  if (outputs.every(({ defaultCell }) => defaultCell === null)) return null;
  const values: Record<string, TypedValue> = {};
  for (const { name, type, defaultCell } of outputs) {
    if (!defaultCell) continue;
    try {
      values[name] = type ? convertOutput(defaultCell.value(scope), type) : defaultCell.typed(scope);
    } catch (error) {
      throw located(error, `default of output '${name}'`);
    }
  }
  return values;
}

function located(error: unknown, place: string): unknown {
  if (!(error instanceof EvaluationError)) return error;
  return new EvaluationError(`${place}: ${error.message}`, error.details, { cause: error });
}
