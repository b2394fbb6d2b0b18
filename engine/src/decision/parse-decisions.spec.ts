import { describe, expect, test } from 'vitest';
import { EvaluationError, ParseError } from '../errors.js';
import { fromNative, type TypedValue } from '../runtime/typed-value.js';
import { parseDecisions } from './parse-decisions.js';

const NOW = new Date('2026-01-31T10:15:30.000Z');
const DMN_13 = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

function definitions(body: string, namespace = DMN_13): string {
  return `<?xml version="1.0"?>
<definitions xmlns="${namespace}" xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="rules" name="Rules" namespace="bank">
${body}
</definitions>`;
}

interface Column {
  readonly text?: string;
  readonly name?: string;
  readonly type?: string;
  readonly language?: string;
  readonly variable?: string;
  readonly values?: string;
  readonly otherwise?: string;
}

interface Table {
  readonly id?: string;
  readonly hitPolicy?: string;
  readonly aggregation?: string;
  readonly requires?: readonly string[];
  readonly inputs?: readonly Column[];
  readonly outputs?: readonly Column[];
  readonly rules: readonly (readonly [inputs: readonly string[], outputs: readonly string[]])[];
  readonly language?: string;
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const attribute = (name: string, value: string | undefined) => (value === undefined ? '' : ` ${name}="${value}"`);

function table({
  id = 'table',
  hitPolicy,
  aggregation,
  requires = [],
  inputs = [{ text: 'a' }],
  outputs = [{ name: 'o' }],
  rules,
  language,
}: Table) {
  const cell = (tag: string, cellId: string, text: string) =>
    `<${tag} id="${cellId}"${attribute('expressionLanguage', language)}><text>${escapeXml(text)}</text></${tag}>`;
  return `<decision id="${id}" name="Name of ${id}" camunda:historyTimeToLive="P30D" camunda:versionTag="v1">
  ${requires.map((required, i) => `<informationRequirement id="${id}-needs-${i}"><requiredDecision href="${required}"/></informationRequirement>`).join('')}
  <decisionTable id="${id}-table"${attribute('hitPolicy', hitPolicy)}${attribute('aggregation', aggregation)}>
  ${inputs
    .map(
      (
        { text = '', type, language: own, variable },
        i,
      ) => `<input id="${id}-in-${i}"${attribute('camunda:inputVariable', variable)}>
    <inputExpression id="${id}-expression-${i}"${attribute('typeRef', type)}${attribute('expressionLanguage', own)}><text>${escapeXml(text)}</text></inputExpression></input>`,
    )
    .join('')}
  ${outputs
    .map(
      (
        { name, type, values, otherwise },
        i,
      ) => `<output id="${id}-out-${i}"${attribute('name', name)}${attribute('typeRef', type)}>
    ${values === undefined ? '' : `<outputValues id="${id}-values-${i}"><text>${escapeXml(values)}</text></outputValues>`}
    ${otherwise === undefined ? '' : `<defaultOutputEntry id="${id}-default-${i}"><text>${escapeXml(otherwise)}</text></defaultOutputEntry>`}</output>`,
    )
    .join('')}
  ${rules
    .map(
      ([tests, results], r) => `
  <rule id="${id}-rule-${r + 1}">${tests.map((text, i) => cell('inputEntry', `${id}-cell-${r + 1}-${i}`, text)).join('')}
    ${results.map((text, i) => cell('outputEntry', `${id}-result-${r + 1}-${i}`, text)).join('')}</rule>`,
    )
    .join('')}
  </decisionTable></decision>`;
}

function readable(variables: Record<string, unknown>) {
  const typed = new Map(
    Object.entries(variables).map(([name, value]) => [name, isTyped(value) ? value : fromNative(value)] as const),
  );
  return { get: (name: string) => typed.get(name), names: () => typed.keys() };
}

function isTyped(value: unknown): value is TypedValue {
  return typeof value === 'object' && value !== null && 'type' in value;
}

async function evaluate(body: string, variables: Record<string, unknown> = {}, key = 'table', namespace = DMN_13) {
  const models = await parseDecisions(definitions(body, namespace), 'rules.dmn');
  return models.find((model) => model.key === key)!.decision.evaluate(readable(variables), NOW);
}

/** The values of each rule that fits. */
async function values(body: string, variables: Record<string, unknown> = {}, key?: string, namespace?: string) {
  const { rules } = await evaluate(body, variables, key, namespace);
  return rules.map((outputs) => Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])));
}

async function problems(body: string) {
  const error = await parseDecisions(definitions(body), 'rules.dmn').then(
    () => expect.fail('the resource was accepted'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ParseError);
  return (error as ParseError).problems;
}

const one = (text: string, output: string) => table({ inputs: [{ text: 'a' }], rules: [[[text], [output]]] });

describe('a decision', () => {
  test('tells what a repository wants to know', async () => {
    const [model] = await parseDecisions(definitions(one('-', '1')), 'rules.dmn');
    expect(model).toMatchObject({
      key: 'table',
      name: 'Name of table',
      versionTag: 'v1',
      historyTimeToLive: 30,
      category: 'bank',
      decisionRequirementsKey: null,
      requiredDecisions: [],
    });
  });

  test.each([
    'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
    'http://www.omg.org/spec/DMN/20180521/MODEL/',
    DMN_13,
    'https://www.omg.org/spec/DMN/20211108/MODEL/',
    'https://www.omg.org/spec/DMN/20230324/MODEL/',
  ])('of version %s is read', async (namespace) => {
    expect(await values(one('> 1', '"yes"'), { a: 2 }, 'table', namespace)).toEqual([{ o: 'yes' }]);
  });

  test("in Operaton's namespace is read", async () => {
    const xml = definitions(one('-', '1')).replace('camunda.org', 'operaton.org');
    expect((await parseDecisions(xml, 'x.dmn'))[0]!.historyTimeToLive).toBe(30);
  });

  test('without logic is only drawn', async () => {
    const models = await parseDecisions(definitions(`<decision id="drawn" name="d"/>${one('-', '1')}`), 'x.dmn');
    expect(models.map(({ key }) => key)).toEqual(['table']);
  });
});

describe('an input cell', () => {
  test.each<[string, unknown, boolean]>([
    ['-', 1, true],
    ['', 1, true],
    ['-', null, true],
    ['5', 5, true],
    ['5', 5.5, false],
    ['5', '5', false],
    ['-5', -5, true],
    ['= 5', 5, true],
    ['< 5', 4.9, true],
    ['< 5', 5, false],
    ['<= 5', 5, true],
    ['>5', 6, true],
    ['>= -1.5', -1.5, true],
    ['< 5', '3', false],
    ['< 5', null, false],
    ['not(< 5)', null, true],
    ['[1..5]', 1, true],
    ['[1..5]', 5, true],
    ['(1..5)', 1, false],
    ['(1..5)', 5, false],
    [']1..5[', 3, true],
    [']1..5[', 5, false],
    ['[1..5)', 5, false],
    ['[5..1]', 3, false],
    ['[1..5]', null, false],
    ['[1 .. 5]', 2, true],
    ['"gold"', 'gold', true],
    ['"gold"', 'Gold', false],
    ['"gold","silver"', 'silver', true],
    ['"gold", "silver"', 'bronze', false],
    ['"a,b"', 'a,b', true],
    ['"a\\"b"', 'a"b', true],
    ['not("gold")', 'silver', true],
    ['not("gold","silver")', 'silver', false],
    ['not("gold")', null, true],
    ['< "m"', 'a', true],
    ['1, 2, [5..7]', 6, true],
    ['1, 2, [5..7]', 4, false],
    ['< 1, > 10', 11, true],
    ['true', true, true],
    ['true', false, false],
    ['true', null, false],
    ['false', false, true],
    ['not(true)', false, true],
    ['null', null, true],
    ['null', 1, false],
    ['not(null)', 1, true],
    ['limit', 7, true],
    ['limit', 8, false],
    ['> limit', 8, true],
    ['[limit..limit + 2]', 9, true],
    ['> limit, 3', 3, true],
    ['not(> limit)', 8, false],
    ['? > 5', 6, true],
    ['? > 5 and ? < limit', 6, true],
    ['? > 5 and ? < limit', 7, false],
    ['cellInput > 5', 6, true],
    ['a > 5', 6, true],
    ['starts with(?, "ab")', 'abc', true],
    ['contains(?, "z")', 'abc', false],
    ['matches(?, "[a-c]+")', 'abc', true],
    ['[1,2,3]', 2, true],
    ['list contains(?, 2)', [1, 2], true],
    ['list contains(?, 9)', [1, 2], false],
    ['count(?) > 1', [1, 2], true],
    ['?.b = 1', { b: 1 }, true],
    ['max(1, 7)', 7, true],
  ])('%s against %j: %s', async (text, a, fits) => {
    expect(await values(one(text, '1'), { a, limit: 7 })).toEqual(fits ? [{ o: 1 }] : []);
  });

  test.each<[string, string, boolean]>([
    ['> date and time("2026-01-01T00:00:00Z")', '2026-05-01T00:00:00.000Z', true],
    ['> date and time("2026-01-01T00:00:00")', '2025-05-01T00:00:00.000Z', false],
    ['date(?) = date("2026-05-01")', '2026-05-01T10:00:00.000Z', true],
    [
      '[date and time("2026-01-01T00:00:00Z")..date and time("2026-12-31T00:00:00Z")]',
      '2026-05-01T00:00:00.000Z',
      true,
    ],
    ['date and time("2026-05-01T00:00:00")', '2026-05-01T00:00:00.000Z', true],
    ['date and time("2026-05-01T00:00:00")', '2026-05-01T00:00:01.000Z', false],
    ['< now()', '2026-01-31T10:15:29.000Z', true],
    ['< now()', '2026-01-31T10:15:31.000Z', false],
    ['date(?) = today()', '2026-01-31T00:00:00.000Z', true],
  ])('%s against the date %s: %s', async (text, value, fits) => {
    expect(await values(one(text, '1'), { a: { type: 'Date', value } })).toEqual(fits ? [{ o: 1 }] : []);
  });

  test('of a variable that is not there finds null', async () => {
    expect(await values(one('null', '1'))).toEqual([{ o: 1 }]);
    expect(await values(one('> 5', '1'))).toEqual([]);
  });

  test('of a missing variable that has the name of a FEEL function finds null', async () => {
    const body = table({ inputs: [{ text: 'sum', type: 'double' }], rules: [[['null'], ['"none"']]] });
    expect(await values(body)).toEqual([{ o: 'none' }]);
    expect(await values(body, { sum: 3 })).toEqual([]);
  });

  test('reads its input by the name that the input gives it', async () => {
    const body = table({ inputs: [{ text: 'a * 2', variable: 'doubled' }], rules: [[['doubled > 5'], ['"big"']]] });
    expect(await values(body, { a: 3 })).toEqual([{ o: 'big' }]);
    expect(await values(body, { a: 2 })).toEqual([]);
  });

  test('and output in JUEL', async () => {
    const body = table({
      inputs: [{ text: '${a + 1}', language: 'juel' }],
      language: 'juel',
      rules: [
        [['${cellInput > 1}'], ['${a == 1}']],
        [['cellInput == 1'], ['a + 5']],
      ],
    });
    expect(await values(body, { a: 1 })).toEqual([{ o: true }]);
    expect(await values(body, { a: 0 })).toEqual([{ o: 5 }]);
  });
});

describe('an input', () => {
  test.each<[string, unknown, string, boolean]>([
    ['integer', '3', '3', true],
    ['integer', 3, '3', true],
    ['long', '3000000000', '> 5', true],
    ['double', '1.5', '< 2', true],
    ['string', 3, '"3"', true],
    ['string', true, '"true"', true],
    ['boolean', 'true', 'true', true],
    ['boolean', 'FALSE', 'false', true],
    ['number', 3, '3', true],
    ['number', '3', '3', false],
    ['date', '2026-05-01T00:00:00', '> date and time("2026-01-01T00:00:00")', true],
    ['integer', null, 'null', true],
  ])('of type %s takes %j', async (type, a, text, fits) => {
    const body = table({ inputs: [{ text: 'a', type }], rules: [[[text], ['1']]] });
    expect(await values(body, { a })).toEqual(fits ? [{ o: 1 }] : []);
  });

  test.each<[string, unknown]>([
    ['integer', 'x'],
    ['integer', 3.7],
    ['integer', 3_000_000_000],
    ['double', 'x'],
    ['boolean', 'x'],
    ['boolean', 1],
    ['date', 'tomorrow'],
    ['date', 5],
  ])('of type %s refuses %j by name', async (type, a) => {
    const body = table({ inputs: [{ text: 'a', type }], rules: [[['-'], ['1']]] });
    const error = await evaluate(body, { a }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EvaluationError);
    expect((error as Error).message).toMatch(/decision 'table'.*input 1 \(a\)/);
  });
});

describe('an output', () => {
  test.each<[string | undefined, string, TypedValue]>([
    [undefined, '1', { type: 'Long', value: 1 }],
    [undefined, '1.5', { type: 'Double', value: 1.5 }],
    [undefined, '6/2', { type: 'Long', value: 3 }],
    [undefined, '"x"', { type: 'String', value: 'x' }],
    [undefined, 'true', { type: 'Boolean', value: true }],
    [undefined, 'null', { type: 'Null', value: null }],
    [undefined, 'nope', { type: 'Null', value: null }],
    [undefined, 'a + 1', { type: 'Long', value: 2 }],
    [undefined, 'if a > 0 then "p" else "n"', { type: 'String', value: 'p' }],
    [undefined, 'date("2026-01-01")', { type: 'Date', value: '2026-01-01T00:00:00.000Z' }],
    [undefined, 'duration("PT5M")', { type: 'String', value: 'PT5M' }],
    ['integer', '1', { type: 'Integer', value: 1 }],
    ['integer', '"3"', { type: 'Integer', value: 3 }],
    ['integer', 'null', { type: 'Null', value: null }],
    ['long', '1', { type: 'Long', value: 1 }],
    ['double', '1', { type: 'Double', value: 1 }],
    ['double', '"1.5"', { type: 'Double', value: 1.5 }],
    ['string', '1', { type: 'String', value: '1' }],
    ['string', '1.7', { type: 'String', value: '1.7' }],
    ['string', 'date("2026-01-01")', { type: 'String', value: '2026-01-01' }],
    ['boolean', '"true"', { type: 'Boolean', value: true }],
    ['date', '"2026-01-01T10:00:00"', { type: 'Date', value: '2026-01-01T10:00:00.000Z' }],
    ['date', 'date and time("2026-01-01T10:00:00+02:00")', { type: 'Date', value: '2026-01-01T08:00:00.000Z' }],
    ['number', '1', { type: 'Long', value: 1 }],
  ])('of type %s with %s', async (type, text, expected) => {
    const body = table({
      outputs: [type === undefined ? { name: 'o' } : { name: 'o', type }],
      rules: [[['-'], [text]]],
    });
    expect((await evaluate(body, { a: 1 })).rules).toEqual([{ o: expected }]);
  });

  test.each<[string, string]>([
    ['integer', '1.7'],
    ['integer', '"x"'],
    ['long', 'true'],
    ['double', '"x"'],
    ['boolean', '1'],
    ['date', '1'],
  ])('of type %s refuses %s by name', async (type, text) => {
    const body = table({ outputs: [{ name: 'o', type }], rules: [[['-'], [text]]] });
    await expect(evaluate(body, { a: 1 })).rejects.toThrow(/decision 'table'.*rule 1 \('table-rule-1'\), output 'o'/);
  });

  test('that is empty is left out', async () => {
    const body = table({ outputs: [{ name: 'o' }, { name: 'p' }], rules: [[['-'], ['', '1']]] });
    expect(await values(body)).toEqual([{ p: 1 }]);
  });

  test('without a name has the name of the decision', async () => {
    expect(await values(table({ outputs: [{}], rules: [[['-'], ['1']]] }))).toEqual([{ table: 1 }]);
  });

  test('has its default when no rule fits', async () => {
    const body = table({ outputs: [{ name: 'o', otherwise: '"none"' }], rules: [[['5'], ['"five"']]] });
    expect(await values(body, { a: 5 })).toEqual([{ o: 'five' }]);
    expect(await values(body, { a: 6 })).toEqual([{ o: 'none' }]);
  });
});

describe('hit policy', () => {
  const RULES: Table['rules'] = [
    [['< 10'], ['"b"']],
    [['< 20'], ['"a"']],
    [['< 20'], ['"c"']],
  ];
  const ordered = [{ name: 'o', values: '"a","b","c"' }];
  const of = (hitPolicy: string, outputs: readonly Column[] = [{ name: 'o' }], rules = RULES) =>
    table({ hitPolicy, outputs, rules });

  test('UNIQUE takes one rule, and no two', async () => {
    expect(await values(of('UNIQUE', undefined, RULES.slice(0, 2)), { a: 15 })).toEqual([{ o: 'a' }]);
    await expect(evaluate(of('UNIQUE'), { a: 5 })).rejects.toThrow(
      /UNIQUE.*'table-rule-1', 'table-rule-2', 'table-rule-3'/,
    );
    expect(await values(of('UNIQUE'), { a: 50 })).toEqual([]);
  });

  test('FIRST takes the first', async () => {
    expect(await values(of('FIRST'), { a: 5 })).toEqual([{ o: 'b' }]);
  });

  test('ANY takes rules that agree, and no others', async () => {
    const same: Table['rules'] = [
      [['-'], ['1']],
      [['-'], ['0 + 1']],
    ];
    expect(await values(of('ANY', undefined, same))).toEqual([{ o: 1 }]);
    await expect(evaluate(of('ANY'), { a: 5 })).rejects.toThrow('ANY');
  });

  test('PRIORITY takes the most important output', async () => {
    expect(await values(of('PRIORITY', ordered), { a: 5 })).toEqual([{ o: 'a' }]);
  });

  test('OUTPUT ORDER sorts by importance, RULE ORDER and COLLECT keep the order of the table', async () => {
    expect(await values(of('OUTPUT ORDER', ordered), { a: 5 })).toEqual([{ o: 'a' }, { o: 'b' }, { o: 'c' }]);
    expect(await values(of('RULE ORDER'), { a: 5 })).toEqual([{ o: 'b' }, { o: 'a' }, { o: 'c' }]);
    expect(await values(of('COLLECT'), { a: 15 })).toEqual([{ o: 'a' }, { o: 'c' }]);
  });

  test('OUTPUT ORDER with two outputs sorts by the second where the first is equal', async () => {
    const outputs = [
      { name: 'o', values: '1, 2' },
      { name: 'p', values: '"high", "low"' },
    ];
    const rules: Table['rules'] = [
      [['-'], ['2', '"high"']],
      [['-'], ['1', '"low"']],
      [['-'], ['1', '"high"']],
    ];
    expect(await values(of('OUTPUT ORDER', outputs, rules))).toEqual([
      { o: 1, p: 'high' },
      { o: 1, p: 'low' },
      { o: 2, p: 'high' },
    ]);
  });

  test.each<[string, string | undefined, readonly string[], TypedValue]>([
    ['SUM', undefined, ['1', '2', '4'], { type: 'Long', value: 7 }],
    ['SUM', 'integer', ['1', '2', '4'], { type: 'Integer', value: 7 }],
    ['SUM', 'double', ['1', '2', '4'], { type: 'Double', value: 7 }],
    ['SUM', undefined, ['1.5', '2'], { type: 'Double', value: 3.5 }],
    ['SUM', 'integer', ['2147483647', '1'], { type: 'Long', value: 2147483648 }],
    ['MIN', 'long', ['3', '2', '4'], { type: 'Long', value: 2 }],
    ['MAX', 'integer', ['3', '2', '4'], { type: 'Integer', value: 4 }],
    ['COUNT', undefined, ['"x"', '"y"'], { type: 'Integer', value: 2 }],
    ['SUM', undefined, ['1', '', '2'], { type: 'Long', value: 3 }],
  ])('COLLECT with %s of type %s over %j', async (aggregation, type, cells, expected) => {
    const outputs = [type === undefined ? { name: 'o' } : { name: 'o', type }];
    const result = await evaluate(
      table({ hitPolicy: 'COLLECT', aggregation, outputs, rules: cells.map((cell) => [['-'], [cell]] as const) }),
    );
    expect(result.aggregated).toEqual(expected);
    expect(result.rules).toEqual([{ o: expected }]);
  });

  test('COLLECT with an aggregation and no rule that fits counts none and sums up nothing', async () => {
    const rules: Table['rules'] = [[['99'], ['1']]];
    expect((await evaluate(table({ hitPolicy: 'COLLECT', aggregation: 'COUNT', rules }), { a: 1 })).aggregated).toEqual(
      { type: 'Integer', value: 0 },
    );
    const sum = await evaluate(table({ hitPolicy: 'COLLECT', aggregation: 'SUM', rules }), { a: 1 });
    expect(sum).toEqual({ rules: [], aggregated: { type: 'Null', value: null } });
  });

  test('COLLECT sums up no texts', async () => {
    const body = table({ hitPolicy: 'COLLECT', aggregation: 'SUM', rules: [[['-'], ['"a"']]] });
    await expect(evaluate(body)).rejects.toThrow(/SUM.*'table-rule-1'.*String/);
  });
});

describe('a literal expression', () => {
  const literal = (text: string, variable = '<variable id="v" name="result" typeRef="integer"/>') =>
    `<decision id="table" name="Sum">${variable}<literalExpression id="l"><text>${text}</text></literalExpression></decision>`;

  test('has one value, under the name of its variable', async () => {
    expect((await evaluate(literal('a + 1'), { a: 1 })).rules).toEqual([{ result: { type: 'Integer', value: 2 } }]);
    expect((await evaluate(literal('a', ''), { a: 1 })).rules).toEqual([{ Sum: { type: 'Long', value: 1 } }]);
  });
});

describe('required decisions', () => {
  const inner = (more: Partial<Table> = {}) =>
    table({ id: 'inner', outputs: [{ name: 'x' }, { name: 'y' }], rules: [[['> 0'], ['a', '2']]], ...more });
  const outer = (input: string, output: string, requires = ['#inner']) =>
    table({ requires, inputs: [{ text: input }], rules: [[['-'], [output]]] });

  test('are evaluated first, and their outputs can be read', async () => {
    expect(await values(inner() + outer('x + y', 'x + y'), { a: 1 })).toEqual([{ o: 3 }]);
  });

  test('of which several rules fit give lists', async () => {
    const collect = inner({
      hitPolicy: 'COLLECT',
      outputs: [{ name: 'x' }],
      rules: [
        [['-'], ['1']],
        [['-'], ['2']],
      ],
    });
    expect(await values(collect + outer('1', 'sum(x)'), { a: 1 })).toEqual([{ o: 3 }]);
  });

  test('of which no rule fits give nothing', async () => {
    expect(await values(inner() + outer('1', 'if x = null then "nothing" else x'), { a: 0 })).toEqual([
      { o: 'nothing' },
    ]);
  });

  test('through several levels, each evaluated with what it needs', async () => {
    const middle = table({
      id: 'middle',
      requires: ['#inner'],
      inputs: [{ text: 'x' }],
      outputs: [{ name: 'm' }],
      rules: [[['-'], ['x * 10']]],
    });
    expect(await values(outer('m', 'm + x', ['#middle', '#inner']) + middle + inner(), { a: 4 })).toEqual([{ o: 44 }]);
  });

  test('are named by the resource as a whole', async () => {
    const models = await parseDecisions(definitions(inner() + outer('x', 'y')), 'x.dmn');
    expect(models.map((model) => [model.key, model.decisionRequirementsKey, model.requiredDecisions])).toEqual([
      ['inner', 'rules', []],
      ['table', 'rules', ['inner']],
    ]);
  });

  test('that are not there, or go in circles, are refused', async () => {
    expect(await problems(outer('1', '1', ['#nope']))).toMatchObject([
      { elementId: 'table-needs-0', message: expect.stringContaining("'nope'") },
    ]);
    expect(await problems(outer('1', '1', ['http://other#nope']))).toMatchObject([
      { message: expect.stringContaining('another resource') },
    ]);
    expect(await problems(`<decision id="inner" name="x"/>${outer('1', '1')}`)).toMatchObject([
      { message: expect.stringContaining('no logic') },
    ]);
    expect(await problems(inner({ requires: ['#table'] }) + outer('1', '1'))).toMatchObject([
      { message: expect.stringContaining("'inner' → 'table' → 'inner'") },
    ]);
  });
});

describe('what can not be evaluated is refused with element, line and reason', () => {
  test('all of it at once', async () => {
    const found = await problems(
      table({
        inputs: [{ text: 'a', language: 'groovy' }],
        rules: [
          [['< '], ['1 +']],
          [['5'], ['1']],
        ],
      }),
    );
    expect(found.map(({ elementId }) => elementId)).toEqual([
      'table-expression-0',
      'table-cell-1-0',
      'table-result-1-0',
    ]);
    expect(found[0]!.message).toContain("'groovy'");
    for (const { line } of found) expect(line).toBeGreaterThan(3);
  });

  test.each<[string, string, string]>([
    ['a context', '<decision id="d"><context id="c"/></decision>', 'Context'],
    ['an invocation', '<decision id="d"><invocation id="i"/></decision>', 'Invocation'],
    [
      'business knowledge',
      one('-', '1').replace(
        '<decisionTable',
        '<knowledgeRequirement id="k"><requiredKnowledge href="#b"/></knowledgeRequirement><decisionTable',
      ),
      'business knowledge',
    ],
    ['an unknown hit policy', table({ hitPolicy: 'LAST', rules: [] }), "'LAST'"],
    ['an unknown aggregation', table({ hitPolicy: 'COLLECT', aggregation: 'AVG', rules: [] }), "'AVG'"],
    [
      'an aggregation of two outputs',
      table({ hitPolicy: 'COLLECT', aggregation: 'SUM', outputs: [{ name: 'a' }, { name: 'b' }], rules: [] }),
      'one output',
    ],
    ['an aggregation without COLLECT', table({ hitPolicy: 'FIRST', aggregation: 'SUM', rules: [] }), 'COLLECT'],
    ['a priority without values', table({ hitPolicy: 'PRIORITY', rules: [] }), 'PRIORITY'],
    ['two outputs without a name', table({ outputs: [{}, {}], rules: [] }), 'own name'],
    ['no output', table({ outputs: [], rules: [] }), 'output'],
    ['a rule with too few cells', table({ rules: [[[], ['1']]] }), 'rule 1'],
    ['execution in JUEL', table({ inputs: [{ text: '${execution.id}', language: 'juel' }], rules: [] }), "'execution'"],
    ['an unknown function in JUEL', table({ inputs: [{ text: '${foo()}', language: 'juel' }], rules: [] }), "'foo'"],
    ['a time to live that is none', one('-', '1').replace('P30D', 'soon'), "'soon'"],
    [
      'a literal expression without text',
      '<decision id="d"><literalExpression id="l"><text></text></literalExpression></decision>',
      'text',
    ],
    ['an unknown element', '<decision id="d"><fuzzyLogic/></decision>', 'fuzzyLogic'],
  ])('%s', async (_, body, reason) => {
    const [problem] = await problems(body);
    expect(problem!.message).toContain(reason);
    expect(problem!.line).toBeGreaterThan(0);
  });

  test.each([
    ['', 'x.dmn'],
    ['<definitions', 'x.dmn'],
    ['<foo/>', 'x.dmn'],
    ['not xml', 'x.dmn'],
  ])('a resource that is no DMN: %j', async (xml) => {
    await expect(parseDecisions(xml, 'x.dmn')).rejects.toThrow(ParseError);
    await expect(parseDecisions(xml, 'x.dmn')).rejects.toThrow('x.dmn');
  });
});
