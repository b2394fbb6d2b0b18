import { PROCESS_KEY } from './submit.mjs';

export const OUTCOMES = ['approved', 'rejected', 'withdrawn', 'cancelled', 'expired'];
const MOST_EXAMPLES = 5;

/** The number of finished applications of all runs. */
export function countFinished(rest) {
  return rest.count(`/history/process-instance/count?finished=true&processDefinitionKey=${PROCESS_KEY}`);
}

/** The number of finished applications of one run. */
export function countFinishedOfRun(rest, run) {
  return rest.count(
    `/history/process-instance/count?finished=true&processDefinitionKey=${PROCESS_KEY}&processInstanceBusinessKeyLike=${run}-%25`,
  );
}

export function historyOfRun(run, rest) {
  return rest.list(
    `/history/process-instance?processDefinitionKey=${PROCESS_KEY}&processInstanceBusinessKeyLike=${run}-%25&sortBy=instanceId&sortOrder=asc`,
  );
}

/**
 * Asks the server, not our own memory, what became of the run: every application exactly one finished instance, nothing
 * left running, nothing paid twice, and what was paid to somebody who withdrew reversed. Resolves to one row per
 * application and sentences about what is wrong.
 */
export async function verify({ rest, run, book, finishedBefore, finishedOfRunBefore }) {
  const problems = [];
  const complain = (what, keys) => {
    if (keys.length === 0) return;
    const more = keys.length > MOST_EXAMPLES ? ` and ${keys.length - MOST_EXAMPLES} more` : '';
    problems.push(`${what}: ${keys.slice(0, MOST_EXAMPLES).join(', ')}${more}`);
  };

  const instances = await historyOfRun(run, rest);
  const [outcomes, riskClasses, payments, paid, reversals, reversed] = await Promise.all([
    valuesByInstance(rest, 'outcome'),
    valuesByInstance(rest, 'riskClass'),
    valuesByInstance(rest, 'paymentReference'),
    completedVisits(rest, 'DisburseLoan'),
    valuesByInstance(rest, 'reversalReference'),
    completedVisits(rest, 'ReversePayment'),
  ]);

  const byKey = groupBy(instances, keyOf);
  const rows = book.applications.map(({ businessKey, risk }) => {
    const [instance] = byKey.get(businessKey) ?? [];
    return {
      businessKey,
      risk,
      instances: byKey.get(businessKey)?.length ?? 0,
      state: instance?.state,
      isFinished: Boolean(instance?.endTime),
      outcome: outcomes.get(instance?.id) ?? null,
      riskClass: riskClasses.get(instance?.id) ?? null,
      payment: payments.get(instance?.id) ?? null,
      timesPaid: paid.get(instance?.id) ?? 0,
      reversal: reversals.get(instance?.id) ?? null,
      timesReversed: reversed.get(instance?.id) ?? 0,
    };
  });
  const keysWhere = (test) => rows.filter(test).map(keyOf);

  complain(
    'not there',
    keysWhere((row) => row.instances === 0),
  );
  complain(
    'started more than once',
    keysWhere((row) => row.instances > 1),
  );
  complain(
    'not finished',
    keysWhere((row) => row.instances > 0 && !row.isFinished),
  );
  complain(
    'ended, but not in order',
    keysWhere((row) => row.isFinished && row.state !== 'COMPLETED'),
  );
  complain(
    'finished without a known outcome',
    keysWhere((row) => row.isFinished && !OUTCOMES.includes(row.outcome)),
  );
  complain(
    'paid out more than once',
    keysWhere((row) => row.timesPaid > 1),
  );
  complain(
    'approved, but not paid',
    keysWhere((row) => row.outcome === 'approved' && (!row.payment || row.timesPaid === 0)),
  );
  complain(
    'paid, neither approved nor reversed',
    keysWhere((row) => row.outcome !== 'approved' && row.payment !== null && row.reversal === null),
  );
  complain(
    'reversed, though approved or never paid',
    keysWhere((row) => row.timesReversed > 0 && (row.outcome === 'approved' || row.payment === null)),
  );
  complain(
    'reversed more than once',
    keysWhere((row) => row.timesReversed > 1),
  );
  const references = rows.map(({ payment }) => payment).filter(Boolean);
  if (new Set(references).size !== references.length) problems.push('two applications have the same payment reference');

  const stillRunning = await rest.count(`/process-instance/count?businessKeyLike=${run}-%25`);
  if (stillRunning > 0) problems.push(`${stillRunning} instances of this run are still running`);
  const grown = (await countFinished(rest)) - finishedBefore;
  const expected = book.applications.length - finishedOfRunBefore;
  // More is none of our business: somebody else's application has finished meanwhile.
  if (grown < expected) {
    problems.push(`the number of finished applications grew by ${grown} instead of ${expected}`);
  }
  return { rows, problems };
}

const keyOf = ({ businessKey }) => businessKey;

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

async function valuesByInstance(rest, variableName) {
  const variables = await rest.list(
    `/history/variable-instance?processDefinitionKey=${PROCESS_KEY}&variableName=${variableName}&sortBy=instanceId&sortOrder=asc`,
  );
  return new Map(variables.map(({ processInstanceId, value }) => [processInstanceId, value]));
}

/** How often the activity was completed, not cancelled, per instance. */
async function completedVisits(rest, activityId) {
  const visits = await rest.list(
    `/history/activity-instance?activityId=${activityId}&sortBy=activityInstanceId&sortOrder=asc`,
  );
  const counts = new Map();
  for (const { processInstanceId, endTime, canceled } of visits) {
    if (endTime && !canceled) counts.set(processInstanceId, (counts.get(processInstanceId) ?? 0) + 1);
  }
  return counts;
}
