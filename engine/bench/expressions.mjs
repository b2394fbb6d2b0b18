// How fast expressions, decision tables and scripts are on one core. Run after `npm run build`:
//   node engine/bench/expressions.bench.mjs
import { parseDecisions } from '../dist/decision/parse-decisions.js';
import { compileCondition, compileExpression } from '../dist/expression/compile-expression.js';
import { createScriptHost } from '../dist/expression/javascript-host.js';

const SECONDS = Number(process.argv[2] ?? 1);

function rate(name, run) {
  for (let i = 0; i < 200; i++) run();
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < 100; i++) run();
    count += 100;
    elapsed = performance.now() - start;
  } while (elapsed < SECONDS * 1_000);
  console.log(
    `${name.padEnd(60)} ${Math.round((count / elapsed) * 1_000)
      .toLocaleString('en')
      .padStart(12)} /s`,
  );
}

const typed = new Map([
  ['amount', { type: 'Integer', value: 2_000 }],
  ['status', { type: 'String', value: 'open' }],
  ['risk', { type: 'Integer', value: 49 }],
  ['segment', { type: 'String', value: 'segment-9' }],
]);
const variables = {
  get: (name) => typed.get(name),
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
  execution: { id: '1', setBusinessKey() {} },
  now,
  userId: null,
  runScript: () => undefined,
};

const condition = compileCondition("${amount > 1000 && status == 'open'}");
rate("condition ${amount > 1000 && status == 'open'}", () => condition(context));
const arithmetic = compileExpression('${(amount + 1) * 2}');
rate('expression ${(amount + 1) * 2}', () => arithmetic.evaluateTyped(context));
const feel = compileCondition('amount > 1000 and status = "open"', { language: 'feel' });
rate('FEEL amount > 1000 and status = "open"', () => feel(context));

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
const [plain] = await parseDecisions(
  tableXml((i) => [`[${i}..${i + 1}]`, `"segment-${i % 10}","other"`]),
  'plain.dmn',
);
rate('decision table, 50 rules x 2 inputs', () => plain.decision.evaluate(variables, now));
const [general] = await parseDecisions(
  tableXml((i) => [`? > ${i} and ? < amount`, `starts with(?, "segment-${i % 10}")`]),
  'general.dmn',
);
rate('the same with an expression in every cell', () => general.decision.evaluate(variables, now));

const host = await createScriptHost();
rate('script execution.setVariable("x", amount * 2)', () =>
  host.run('javascript', 'execution.setVariable("x", amount * 2)', context),
);
