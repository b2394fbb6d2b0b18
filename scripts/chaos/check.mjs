import { ORDER, PATHS, resultName, SHIPPING, TIMERS, WORK } from './model.mjs';

/**
 * What is wrong with the end of a chaos run, as sentences; none when everything was kept that was promised.
 * @param starts what clients were told, by business key
 * @param instances,activities,variables the history of both processes
 * @param journal what workers have written down
 * @param leftovers how many rows of each kind are left when everything has ended
 */
export function check({
  starts,
  confirmations,
  approvals,
  approvedBy,
  instances,
  activities,
  variables,
  journal,
  leftovers,
}) {
  const byInstance = groupBy(activities, ({ processInstanceId }) => processInstanceId);
  const stored = new Map(
    variables.map(({ processInstanceId, name, value }) => [`${processInstanceId} ${name}`, value]),
  );
  return [
    ...checkStarts(starts, instances),
    ...instances.flatMap((instance) => checkPath(instance, byInstance.get(instance.id) ?? [])),
    ...checkCalls(instances),
    ...checkWork(instances, journal, stored),
    ...checkLocks(journal),
    ...checkPeople({ confirmations, approvals, approvedBy, stored, instances }),
    ...Object.entries(leftovers).flatMap(([what, count]) => (count > 0 ? `${count} rows of ${what} are left` : [])),
  ];
}

function checkStarts(starts, instances) {
  const problems = [];
  const orders = instances.filter(({ processDefinitionKey }) => processDefinitionKey === ORDER);
  const byKey = groupBy(orders, ({ businessKey }) => businessKey);
  for (const [key, { state, id }] of starts) {
    const found = byKey.get(key) ?? [];
    if (state === 'acknowledged' && found.length === 0) problems.push(`${key} was acknowledged and is lost`);
    if (state === 'refused' && found.length > 0) problems.push(`${key} was refused and has started`);
    if (found.length > 1) problems.push(`${key} has started ${found.length} times`);
    if (state === 'acknowledged' && found.length === 1 && found[0].id !== id)
      problems.push(`${key} was acknowledged as instance ${id} and is ${found[0].id}`);
  }
  for (const key of byKey.keys()) if (!starts.has(key)) problems.push(`nobody has started ${key}`);
  return problems;
}

function checkPath({ id, businessKey, processDefinitionKey, state }, activities) {
  const label = `${processDefinitionKey} of ${businessKey} (${id})`;
  const reached = activities.filter(({ endTime }) => !endTime).map(({ activityId }) => activityId);
  if (state !== 'COMPLETED') return [`${label} is ${state}, at ${reached.join(', ') || 'no activity'}`];
  const problems = [];
  const counts = countBy(activities, ({ activityId }) => activityId);
  const expected = PATHS[processDefinitionKey];
  for (const activity of new Set([...counts.keys(), ...Object.keys(expected)])) {
    const [is, should] = [counts.get(activity) ?? 0, expected[activity] ?? 0];
    if (is !== should) problems.push(`${label} has ${is} times ${activity} in its history instead of ${should}`);
  }
  for (const { activityId, startTime, endTime, canceled } of activities) {
    if (!endTime) problems.push(`${label} has ended, but its ${activityId} hasn't`);
    if (canceled) problems.push(`${activityId} of ${label} was canceled`);
    const waitMs = TIMERS[activityId];
    if (endTime && waitMs && Date.parse(endTime) - Date.parse(startTime) < waitMs)
      problems.push(`the timer ${activityId} of ${label} fired too early`);
  }
  return problems;
}

/** Every finished order has called one shipping, and none is without its order. */
function checkCalls(instances) {
  const of = (key) => instances.filter(({ processDefinitionKey }) => processDefinitionKey === key);
  const calls = countBy(of(SHIPPING), ({ superProcessInstanceId }) => superProcessInstanceId);
  const orders = new Set(of(ORDER).map(({ id }) => id));
  return [
    ...of(ORDER).flatMap(({ id, businessKey, state }) =>
      state === 'COMPLETED' && calls.get(id) !== 1 ? `${businessKey} has called ${calls.get(id) ?? 0} shippings` : [],
    ),
    ...[...calls.keys()].flatMap((id) => (orders.has(id) ? [] : `a shipping was called by nobody (${id})`)),
  ];
}

/** What is in the history as done was done, by one task, and its result is that of a worker whose report could count. */
function checkWork(instances, journal, stored) {
  const problems = [];
  const effects = journal.filter(({ kind }) => kind === 'effect');
  const byWork = groupBy(effects, ({ processInstanceId, topic }) => `${processInstanceId} ${topic}`);
  const acknowledgedBy = new Map(
    journal.filter(({ kind }) => kind === 'acknowledged').map(({ taskId, workerId }) => [taskId, workerId]),
  );
  for (const { id, businessKey, state, processDefinitionKey } of instances) {
    for (const topic of WORK[processDefinitionKey]) {
      const label = `${topic} of ${businessKey} (${id})`;
      const done = byWork.get(`${id} ${topic}`) ?? [];
      const tasks = new Set(done.map(({ taskId }) => taskId));
      if (tasks.size > 1) problems.push(`${label} was given out as ${tasks.size} different tasks`);
      if (state !== 'COMPLETED') continue;
      const result = stored.get(`${id} ${resultName(topic)}`);
      const source = done.find(({ token }) => token === result);
      if (done.length === 0) problems.push(`${label} is in the history as done, but no worker has done it`);
      else if (!source) problems.push(`${label} has the result ${result}, which no worker has given`);
      const told = acknowledgedBy.get([...tasks][0]);
      if (source && told && told !== source.workerId)
        problems.push(`${label} has the result of ${source.workerId}, but ${told} was told that its own counts`);
    }
  }
  const known = new Set(instances.map(({ id }) => id));
  for (const { processInstanceId, topic } of effects)
    if (!known.has(processInstanceId))
      problems.push(`${topic} was done for an instance that isn't there (${processInstanceId})`);
  return problems;
}

/** Nobody gets a task while somebody else holds it, nor after its end, and only who holds it last can end it. */
function checkLocks(journal) {
  const problems = [];
  for (const [taskId, records] of groupBy(journal, ({ taskId }) => taskId)) {
    const grants = records.filter(({ lockedAt }) => lockedAt).sort((a, b) => a.lockedAt - b.lockedAt);
    const label = `${grants[0]?.topic ?? 'task'} (${taskId})`;
    const acknowledged = records.filter(({ kind }) => kind === 'acknowledged');
    for (const [i, grant] of grants.entries()) {
      const before = grants[i - 1];
      // A queue entry that was doubled is one delivery.
      if (!before || (grant.holder !== grant.workerId && grant.holder === before.holder)) continue;
      const wasGivenBack = records.some(
        // Of a doubled entry either worker may give the delivery back.
        ({ kind, workerId, holder, at }) =>
          kind === 'failed' && (workerId === before.workerId || holder === before.holder) && at <= grant.at,
      );
      if (!wasGivenBack && grant.lockedAt < before.lockedAt + before.lockMs)
        problems.push(`${label} was given to ${grant.workerId} while ${before.workerId} held it`);
    }
    const last = grants.at(-1);
    if (acknowledged.length > 1) problems.push(`the end of ${label} was acknowledged ${acknowledged.length} times`);
    for (const { workerId } of acknowledged) {
      // Reports that cross a new lock on their way may win; one that was sent when another worker had the task may not.
      const sentAt = records.findLast((record) => record.kind === 'effect' && record.workerId === workerId)?.at;
      if (last && workerId !== last.workerId && sentAt > last.receivedAt)
        problems.push(`${label} was ended by ${workerId}, but ${last.workerId} held it`);
    }
  }
  return problems;
}

function checkPeople({ confirmations, approvals, approvedBy, stored, instances }) {
  const problems = [];
  for (const [id, count] of confirmations)
    if (count > 1) problems.push(`the confirmation of ${id} was taken ${count} times`);
  for (const [id, count] of approvals) if (count > 1) problems.push(`task ${id} was completed ${count} times`);
  const known = new Set(instances.map(({ id }) => id));
  for (const [id, person] of approvedBy) {
    const told = stored.get(`${id} approvedBy`);
    if (known.has(id) && told !== person)
      problems.push(`${id} was approved by ${person}, but the history says ${told}`);
  }
  return problems;
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** How many items have each key. */
export function countBy(items, keyOf) {
  return new Map([...groupBy(items, keyOf)].map(([key, group]) => [key, group.length]));
}
