// What the engine costs on one core, in memory, without a server. Run by `npm run bench:engine`, after `npm run build`.
import { readFile } from 'node:fs/promises';
import { createScriptHost } from '../dist/expression/javascript-host.js';
import { parseBpmn } from '../dist/model/parse-bpmn.js';
import { execute } from '../dist/runtime/execute.js';
import { expressionCases } from './expressions.mjs';
import { cpuMicroseconds } from './measure.mjs';

const scripts = await createScriptHost();
const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');

/** An instance from its start to its end: the decisions, with all rows that would be stored. */
async function instanceOf(name) {
  const [model] = (await parseBpmn(await read(`models/${name}.bpmn`), `${name}.bpmn`, scripts)).processes;
  let lastId = 0;
  const environment = { now: new Date(), newId: () => `id-${++lastId}`, scripts, userId: 'bench', model: () => model };
  const start = {
    kind: 'start',
    definitionId: `${name}:1`,
    businessKey: null,
    tenantId: null,
    variables: { amount: { type: 'Integer', value: 5_000 }, customer: { type: 'String', value: 'C-1' } },
  };
  return () => {
    const { result } = execute(environment.newId(), null, start, environment);
    if (!result.ended) throw new Error(`Expected the instance of '${name}' to end`);
  };
}

const loan = await read('../../bpmn/loan-application/loan-application.bpmn');
const cases = [
  { name: 'process instance, straight: 5 tasks and a gateway', run: await instanceOf('straight'), most: 200 },
  { name: 'process instance, parallel: 5 branches and a join', run: await instanceOf('parallel'), most: 200 },
  { name: 'parse and compile the loan process', run: () => parseBpmn(loan, 'loan.bpmn', scripts), most: 50_000 },
  ...(await expressionCases(scripts)),
];

const number = (value, digits) => value.toLocaleString('en', { maximumFractionDigits: digits });
const row = (...cells) =>
  console.log(
    `${cells[0].padEnd(56)}${cells
      .slice(1)
      .map((cell) => cell.padStart(14))
      .join('')}`,
  );
row('', 'µs of CPU', 'per second', 'at most µs', '');
let tooSlow = 0;
for (const { name, run, most } of cases) {
  const cost = await cpuMicroseconds(run);
  if (cost > most) tooSlow++;
  row(
    name,
    number(cost, cost < 10 ? 2 : 0),
    number(1e6 / cost, 0),
    most ? number(most, 1) : '',
    cost > most ? 'too slow' : '',
  );
}
process.exitCode = tooSlow > 0 ? 1 : 0;
