import { EngineError } from '../errors.js';
import type { Cell } from './cell.js';
import { compileCell } from './cell.js';
import { convertOutput, type DataType, dataType } from './data-types.js';
import type { DecisionTable, TableInput, TableOutput, TableRule } from './decision-table.js';
import { AGGREGATORS, type Aggregator, HIT_POLICIES, type HitPolicy, type OutputOrder } from './hit-policy.js';
import type { DmnParseContext } from './parse-context.js';
import { camunda, type DmnElement, many, one, text } from './read-dmn.js';
import { DecisionScope } from './scope.js';

/** Compiles a decision table, noting what can't be evaluated. The decision's key names an output without a name. */
export function parseTable(element: DmnElement, key: string, context: DmnParseContext): DecisionTable {
  const inputs = many(element, 'input').map((input) => parseInput(input, context));
  const outputElements = many(element, 'output');
  const outputs = outputElements.map((output) => parseOutput(output, key, context));
  checkOutputs(element, outputs, context);
  const rules = many(element, 'rule').map((rule, index) =>
    parseRule(rule, index, inputs.length, outputs.length, element, context),
  );
  const hitPolicy = parseHitPolicy(element, context);
  const aggregator = parseAggregator(element, hitPolicy, outputs.length, context);
  const orders = outputElements.flatMap((output, index) => parseOrder(output, outputs[index]!, context));
  if ((hitPolicy === 'PRIORITY' || hitPolicy === 'OUTPUT ORDER') && orders.length === 0) {
    context.refuse(
      element,
      `Expected output values to order by, as hit policy ${hitPolicy} needs them, but no output has any`,
    );
  }
  return { hitPolicy, aggregator, inputs, outputs, rules, orders };
}

function parseInput(element: DmnElement, context: DmnParseContext): TableInput {
  const expression = one(element, 'inputExpression');
  return {
    label: text(element, 'label') ?? (expression && text(expression, 'text')) ?? element.id ?? 'input',
    cell: context.cell(expression, element),
    type: expression && dataType(text(expression, 'typeRef')),
    variable: camunda(element, 'inputVariable'),
  };
}

function parseOutput(element: DmnElement, key: string, context: DmnParseContext): TableOutput {
  return {
    name: text(element, 'name') ?? key,
    type: dataType(text(element, 'typeRef')),
    defaultCell: context.cell(one(element, 'defaultOutputEntry'), element),
  };
}

function checkOutputs(table: DmnElement, outputs: readonly TableOutput[], context: DmnParseContext): void {
  if (outputs.length === 0) context.refuse(table, 'Expected the decision table to have an output, but it has none');
  const names = outputs.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    context.refuse(
      table,
      `Expected each output of the decision table to have its own name, but '${twice}' names several`,
    );
  }
}

function parseRule(
  rule: DmnElement,
  index: number,
  inputCount: number,
  outputCount: number,
  table: DmnElement,
  context: DmnParseContext,
): TableRule {
  const entries = many(rule, 'inputEntry');
  const conclusions = many(rule, 'outputEntry');
  if (entries.length !== inputCount || conclusions.length !== outputCount) {
    const found = `${entries.length} and ${conclusions.length}`;
    context.refuse(
      rule,
      `Expected rule ${index + 1} to have ${inputCount} input and ${outputCount} output cells, but it has ${found}`,
      table,
    );
  }
  return {
    id: rule.id ?? String(index + 1),
    tests: entries.map((entry) => context.tests(entry, rule)),
    cells: conclusions.map((entry) => context.cell(entry, rule)),
  };
}

function parseHitPolicy(table: DmnElement, context: DmnParseContext): HitPolicy {
  const name = text(table, 'hitPolicy') ?? 'UNIQUE';
  const known = HIT_POLICIES.find((policy) => policy === name);
  if (!known) context.refuse(table, `Expected a hit policy (${HIT_POLICIES.join(', ')}), but it is '${name}'`);
  return known ?? 'UNIQUE';
}

function parseAggregator(
  table: DmnElement,
  hitPolicy: HitPolicy,
  outputCount: number,
  context: DmnParseContext,
): Aggregator | null {
  const name = text(table, 'aggregation');
  if (name === null) return null;
  const known = AGGREGATORS.find((aggregator) => aggregator === name);
  if (!known) context.refuse(table, `Expected an aggregation (${AGGREGATORS.join(', ')}), but it is '${name}'`);
  else if (hitPolicy !== 'COLLECT')
    context.refuse(table, `Expected hit policy COLLECT with an aggregation, but it is ${hitPolicy}`);
  else if (outputCount > 1)
    context.refuse(table, `Expected one output to aggregate by ${name}, but there are ${outputCount}`);
  return known ?? null;
}

/** The output's allowed values, in their order, where they are given and constant. */
function parseOrder(element: DmnElement, { name, type }: TableOutput, context: DmnParseContext): OutputOrder[] {
  const values = one(element, 'outputValues');
  const source = values && text(values, 'text');
  if (!values || source === null) return [];
  try {
    const list = constantList(compileCell(`[${source}]`, 'feel'), type);
    return [{ name, values: list }];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    context.refuse(values, `Expected a list of values, but '${source}' is none`, element);
    return [];
  }
}

function constantList(cell: Cell, type: DataType | null) {
  const scope = new DecisionScope({ get: () => undefined, names: () => [] }, new Date(0));
  return (cell.value(scope) as unknown[]).map((value) => convertOutput(value, type));
}
