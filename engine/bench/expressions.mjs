// Expressions, decision tables and scripts, for engine.bench.mjs.
import { parseDecisions } from '../dist/decision/parse-decisions.js';
import { compileCondition, compileExpression } from '../dist/expression/compile-expression.js';

const typed = new Map([
  ['amount', { type: 'Integer', value: 2_000 }],
  ['status', { type: 'String', value: 'open' }],
  ['risk', { type: 'Integer', value: 49 }],
  ['segment', { type: 'String', value: 'segment-9' }],
]);
// other values each time, so that nothing can be computed once
const integers = (count, of) => Array.from({ length: count }, (_, i) => ({ type: 'Integer', value: of(i) }));
const changing = { amount: integers(64, (i) => i * 60), risk: integers(64, (i) => (i * 7) % 50) };
let turn = 0;
const variables = {
  get: (name) => changing[name]?.[++turn % 64] ?? typed.get(name),
  names: () => typed.keys(),
  getLocal: () => undefined,
  localNames: () => [],
  set() {},
  setLocal() {},
  remove() {},
  removeLocal() {},
};
const now = new Date('2026-01-01T00:00:00Z');
const context = {
  variables,
  execution: { id: '1', activityInstanceId: '1', setBusinessKey() {} },
  now,
  userId: null,
  runScript: () => undefined,
};

function tableXml(cell) {
  const rules = Array.from({ length: 50 }, (_, i) => {
    const tests = cell(i).map((text) => `<inputEntry><text><![CDATA[${text}]]></text></inputEntry>`);
    return `<rule id="r${i}">${tests.join('')}<outputEntry><text>"class ${i}"</text></outputEntry></rule>`;
  });
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="b"><decision id="t" name="t">
    <decisionTable id="dt" hitPolicy="COLLECT"><input id="i1"><inputExpression id="e1"><text>risk</text></inputExpression></input>
    <input id="i2"><inputExpression id="e2"><text>segment</text></inputExpression></input>
    <output id="o" name="class" typeRef="string"/>${rules.join('')}</decisionTable></decision></definitions>`;
}
/** `most`: the microseconds that one evaluation may cost. */
export async function expressionCases(scripts) {
  const condition = compileCondition("${amount > 1000 && status == 'open'}");
  const arithmetic = compileExpression('${(amount + 1) * 2}');
  const feel = compileCondition('amount > 1000 and status = "open"', { language: 'feel' });
  const ranges = tableXml((i) => [`[${i}..${i + 1}]`, `"segment-${i % 10}","other"`]);
  const general = tableXml((i) => [`? > ${i} and ? < amount`, `starts with(?, "segment-${i % 10}")`]);
  const [table] = await parseDecisions(ranges, 'ranges.dmn');
  const [generalTable] = await parseDecisions(general, 'general.dmn');
  return [
    { name: "JUEL condition ${amount > 1000 && status == 'open'}", run: () => condition(context), most: 1 },
    { name: 'JUEL expression ${(amount + 1) * 2}', run: () => arithmetic.evaluateTyped(context) },
    { name: 'FEEL condition amount > 1000 and status = "open"', run: () => feel(context) },
    { name: 'decision table, 50 rules x 2 inputs', run: () => table.decision.evaluate(variables, now), most: 200 },
    { name: 'the same, an expression in every cell', run: () => generalTable.decision.evaluate(variables, now) },
    {
      name: 'script execution.setVariable("x", amount * 2)',
      run: () => scripts.run('javascript', 'execution.setVariable("x", amount * 2)', context),
    },
  ];
}
