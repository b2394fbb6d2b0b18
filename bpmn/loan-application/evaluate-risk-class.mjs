/**
 * Prints how well the decision table `risk-class` sorts the 1,000 recorded applications: class × recorded risk, and what
 * the process then decides without a human. Scores come from the loan workers themselves: run `npm run build` before.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DmnModdle } from 'dmn-moddle';
import { unaryTest } from 'feelin';
import { readApplications } from '../../scripts/demo/applications.mjs';

const here = (path) => new URL(path, import.meta.url);

/** The table's rules as tests per input, in their order. Only what hit policy FIRST with one output needs. */
async function readDecisionTable(file) {
  const { rootElement } = await new DmnModdle().fromXML(await readFile(file, 'utf8'));
  const { decisionLogic: table } = rootElement.drgElement[0];
  const inputs = table.input.map(({ inputExpression }) => inputExpression.text);
  return table.rule.map((rule) => ({
    id: rule.id,
    tests: rule.inputEntry.map(({ text }, i) => ({ name: inputs[i], text })).filter(({ text }) => text),
    riskClass: JSON.parse(rule.outputEntry[0].text),
  }));
}

function firstMatch(rules, variables) {
  return rules.find(({ tests }) => tests.every(({ name, text }) => unaryTest(text, { '?': variables[name] }).value));
}

async function loadWorkers() {
  try {
    const modules = await Promise.all(
      ['credit-bureau', 'fraud-check', 'valuation'].map((name) => import(`../../workers/dist/loan/${name}.js`)),
    );
    const [{ creditBureau }, { fraudCheck }, { valuation }] = modules;
    return { creditBureau, fraudCheck, valuation };
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error("The workers aren't built yet: run `npm run build` first");
  }
}

/** What the workers answer for an application; `creditScore` is missing when the bureau blocks the applicant. */
function consult({ creditBureau, fraudCheck, valuation }, application) {
  const task = { id: application.applicationId, businessKey: application.applicationId, variables: application };
  const ask = (worker) => worker.work(task, 1, new Date(0));
  const answers = { ...application, ...ask(fraudCheck), ...ask(valuation) };
  try {
    return { ...answers, ...ask(creditBureau) };
  } catch (error) {
    if (error?.errorCode === 'CREDIT_BUREAU_REJECTED') return answers;
    throw error;
  }
}

/** The process's two gateways for clear cases. */
function decideWithoutHuman({ riskClass, fraudSuspected, loanToValue, amount }) {
  if (!riskClass) return 'rejected by the bureau';
  if (riskClass === 'HIGH' && (fraudSuspected || loanToValue > 1)) return 'rejected at once';
  if (riskClass === 'LOW' && !fraudSuspected && amount <= 7500) return 'approved at once';
  return 'for the underwriter';
}

function printTable(title, groups) {
  console.log(
    `\n${title.padEnd(28)}${['applications', 'good', 'bad', 'bad in %'].map((h) => h.padStart(14)).join('')}`,
  );
  for (const [name, { good, bad }] of groups) {
    const cells = [good + bad, good, bad, ((100 * bad) / (good + bad)).toFixed(1)];
    console.log(name.padEnd(28) + cells.map((cell) => String(cell).padStart(14)).join(''));
  }
}

export function countBy(rows, key, order = []) {
  const groups = new Map(order.map((name) => [name, { good: 0, bad: 0 }]));
  for (const row of rows) {
    const name = key(row);
    if (!groups.has(name)) groups.set(name, { good: 0, bad: 0 });
    groups.get(name)[row.risk] += 1;
  }
  return [...groups].filter(([, { good, bad }]) => good + bad > 0);
}

/** One row per recorded application: its data, what the workers say, the rule that fits, class, decision and risk. */
export async function evaluateRiskClass(workers) {
  const rules = await readDecisionTable(here('risk-class.dmn'));
  const applications = await readApplications();
  const rows = applications.map(({ variables, risk }) => {
    const answers = consult(workers, variables);
    const rule = answers.creditScore === undefined ? undefined : firstMatch(rules, answers);
    const row = { ...answers, rule: rule?.id ?? 'no score', riskClass: rule?.riskClass };
    return { ...row, decision: decideWithoutHuman(row), risk };
  });
  return { rows, rules };
}

async function main() {
  const { rows, rules } = await evaluateRiskClass(await loadWorkers());
  const classOf = ({ riskClass }) => riskClass ?? 'no score';
  printTable('risk class', [...countBy(rows, classOf, ['LOW', 'MEDIUM', 'HIGH']), ...countBy(rows, () => 'all')]);
  const ruleIds = rules.map(({ id }) => id);
  printTable(
    'rule',
    countBy(rows, ({ rule }) => rule, ruleIds),
  );
  const decisions = ['approved at once', 'for the underwriter', 'rejected at once'];
  printTable(
    'decision',
    countBy(rows, ({ decision }) => decision, decisions),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
