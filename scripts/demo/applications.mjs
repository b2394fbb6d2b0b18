import { readFile } from 'node:fs/promises';

const DATA = new URL('../../bpmn/loan-application/data/german-credit.csv', import.meta.url);
const NUMBERS = new Set([
  'durationMonths',
  'amount',
  'installmentRatePercent',
  'residenceYears',
  'age',
  'existingCredits',
  'dependents',
]);
const BOOLEANS = new Set(['telephone']);

/**
 * The recorded applications: what the applicant told (`variables`, plain values) and what the bank found out years later
 * (`risk`: good or bad), which no process ever sees.
 */
export async function readApplications() {
  const [head, ...lines] = (await readFile(DATA, 'utf8')).trim().split(/\r?\n/);
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const row = Object.fromEntries(columns.map((name, i) => [name, readCell(name, cells[i])]));
    const { risk, ...variables } = row;
    return { variables, risk };
  });
}

function readCell(name, text) {
  if (NUMBERS.has(name)) return Number(text);
  if (BOOLEANS.has(name)) return text === 'true';
  return text;
}

/** Plain values as the REST API wants them: Integer, Boolean, String, and Json for lists. */
export function toTyped(variables) {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (Array.isArray(value)) return [name, { value: JSON.stringify(value), type: 'Json' }];
      const type = typeof value === 'number' ? 'Integer' : typeof value === 'boolean' ? 'Boolean' : 'String';
      return [name, { value, type }];
    }),
  );
}
