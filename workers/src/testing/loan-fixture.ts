import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { LoanTask } from '../loan/application.js';
import { encodeVariables } from '../sdk/variables.js';

const directories: string[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** A directory of its own for a test, removed afterwards. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'loan-workers-'));
  directories.push(directory);
  return directory;
}

export type ApplicationRow = Record<string, string | number | boolean>;

/** The recorded applications; numbers and booleans as such. `risk` is what the bank recorded afterwards. */
export function readApplications(): ApplicationRow[] {
  const file = new URL('../../../bpmn/loan-application/data/german-credit.csv', import.meta.url);
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = (header as string).split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((text, index) => [names[index], native(text)])));
}

function native(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** An ordinary application, changed as given; `undefined` takes a variable away. */
export function loanTask(changes: Record<string, unknown> = {}, task: Partial<LoanTask> = {}): LoanTask {
  const variables = {
    applicationId: 'GC-0001',
    checkingAccount: 'below_0',
    durationMonths: 6,
    creditHistory: 'critical',
    purpose: 'radio_tv',
    amount: 1169,
    savings: 'unknown',
    employment: 'over_7y',
    installmentRatePercent: 4,
    debtors: 'none',
    residenceYears: 4,
    property: 'real_estate',
    age: 67,
    housing: 'own',
    existingCredits: 2,
    job: 'skilled',
    dependents: 1,
    telephone: true,
    ...changes,
  };
  const businessKey = String(variables.applicationId);
  return {
    id: `task-${businessKey}`,
    processInstanceId: `instance-${businessKey}`,
    businessKey,
    topicName: 'topic',
    workerId: 'tester',
    activityId: 'activity',
    activityInstanceId: 'activity:1',
    executionId: 'execution',
    processDefinitionId: 'loan-application:1',
    processDefinitionKey: 'loan-application',
    retries: null,
    priority: 0,
    lockExpirationTime: '2026-01-01T00:00:00.000+0000',
    variables,
    typedVariables: encodeVariables(variables),
    ...task,
  };
}
