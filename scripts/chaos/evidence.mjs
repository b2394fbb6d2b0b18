import { call } from './clients.mjs';
import { ORDER, SHIPPING } from './model.mjs';

const PAGE = 500;
const PATIENCE_MS = 60_000;

/** What the servers say at the end, from outside: the whole history of both processes, and all that is left over. */
export async function collectEvidence(url) {
  const instances = [];
  const activities = [];
  const variables = [];
  for (const key of [ORDER, SHIPPING]) {
    instances.push(...(await list(url, `/history/process-instance?processDefinitionKey=${key}&sortBy=instanceId`)));
    activities.push(...(await listActivities(url, key)));
    variables.push(...(await list(url, `/history/variable-instance?processDefinitionKey=${key}&sortBy=instanceId`)));
  }
  const leftovers = {};
  for (const what of [
    'process-instance',
    'execution',
    'task',
    'external-task',
    'job',
    'event-subscription',
    'incident',
    'variable-instance',
  ])
    leftovers[what] = (await get(url, `/${what}/count`)).count;
  return { instances, activities, variables, leftovers };
}

async function listActivities(url, key) {
  const definitions = await get(url, `/process-definition?key=${key}`);
  const pages = await Promise.all(
    definitions.map(({ id }) =>
      list(url, `/history/activity-instance?processDefinitionId=${id}&sortBy=activityInstanceId`),
    ),
  );
  return pages.flat();
}

async function list(url, path) {
  const all = [];
  for (;;) {
    const page = await get(url, `${path}&sortOrder=asc&firstResult=${all.length}&maxResults=${PAGE}`);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** @throws Error when the server refuses or is away for too long */
export async function get(url, path) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { status, body } = await call(url, 'GET', path);
    if (status === 200) return body;
    if ((status >= 400 && status < 500) || Date.now() > until)
      throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)?.slice(0, 300)}`);
  }
}
