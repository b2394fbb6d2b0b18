import { OUTCOMES } from './verify.mjs';

const CLASSES = ['LOW', 'MEDIUM', 'HIGH'];
const UNCLASSED = 'none';

/** Counts per outcome and per risk class, each also against the recorded risk, and how many payments were reversed. */
export function summarize(rows) {
  const outcomes = {};
  for (const outcome of OUTCOMES) {
    const those = rows.filter((row) => row.outcome === outcome);
    outcomes[outcome] = { total: those.length, byRiskClass: countClasses(those), ...countRisks(those) };
  }
  const riskClasses = {};
  for (const name of [...CLASSES, UNCLASSED]) {
    riskClasses[name] = countRisks(rows.filter((row) => (row.riskClass ?? UNCLASSED) === name));
  }
  return { outcomes, riskClasses, reversed: rows.filter(({ reversal }) => reversal !== null).length };
}

function countClasses(rows) {
  const count = (name) => rows.filter(({ riskClass }) => (riskClass ?? UNCLASSED) === name).length;
  return Object.fromEntries([...CLASSES, UNCLASSED].map((name) => [name, count(name)]));
}

function countRisks(rows) {
  const good = rows.filter(({ risk }) => risk === 'good').length;
  return { good, bad: rows.length - good };
}

function renderTables({ outcomes, riskClasses }) {
  const all = Object.values(outcomes);
  const sum = (pick) => all.reduce((total, entry) => total + pick(entry), 0);
  const first = [
    ['outcome', 'total', ...CLASSES.map((name) => name.toLowerCase()), 'no class', 'was good', 'was bad', 'bad in %'],
    ...Object.entries(outcomes).map(([name, entry]) => [
      name,
      entry.total,
      ...[...CLASSES, UNCLASSED].map((c) => entry.byRiskClass[c]),
      entry.good,
      entry.bad,
      share(entry),
    ]),
    [
      'all',
      sum(({ total }) => total),
      ...[...CLASSES, UNCLASSED].map((c) => sum(({ byRiskClass }) => byRiskClass[c])),
      sum(({ good }) => good),
      sum(({ bad }) => bad),
      share({ good: sum(({ good }) => good), bad: sum(({ bad }) => bad) }),
    ],
  ];
  const second = [
    ['risk class', 'total', 'was good', 'was bad', 'bad in %'],
    ...Object.entries(riskClasses).map(([name, { good, bad }]) => [
      name === UNCLASSED ? 'none' : name.toLowerCase(),
      good + bad,
      good,
      bad,
      share({ good, bad }),
    ]),
  ];
  return `${renderTable(first)}\n${renderTable(second)}`;
}

function share({ good, bad }) {
  return good + bad === 0 ? '–' : ((100 * bad) / (good + bad)).toFixed(1);
}

function renderTable([head, ...body]) {
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((row) => String(row[i]).length)));
  const line = (row) =>
    row.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return `${[line(head), rule, ...body.map(line)].join('\n')}\n`;
}

/** The summary for people. */
export function renderText(summary) {
  const { ok, problems, run, count, seconds, outages, repaired, reversed } = summary;
  const lines = [`\n${count} applications (${run}-0001 …) in ${seconds} s.`];
  if (repaired > 0) lines.push(`An operator gave new retries ${repaired} times.`);
  if (reversed > 0) lines.push(`${reversed} payments were reversed, because the applicant withdrew after being paid.`);
  if (outages > 0) lines.push(`The server went away or gave no answer ${outages} times.`);
  lines.push('', renderTables(summary));
  lines.push(
    ok
      ? 'Checked with the server: every application has exactly one finished instance, none is left, none was paid twice,\n' +
          'and a payment was reversed exactly when its applicant withdrew after it.\n'
      : `Something is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`,
  );
  return lines.join('\n');
}
