import type { RestServer } from '../rest-server.js';
import { eachOf } from './each-of.js';

type Row = Readonly<Record<string, unknown>>;

const PARTS = ['task', 'external-task', 'job', 'event-subscription', 'incident'];
/** By whole lists, because one request for each instance and part would be thousands. */
const LISTS = ['history/activity-instance', 'history/variable-instance', 'history/task', 'history/incident'];

/** Everything that REST says about each of the instances: what they wait for, their values, tree and history, by instance id. */
export async function picture(server: RestServer, ids: readonly string[]): Promise<Map<string, unknown>> {
  const parts = new Map<string, Map<string, Row[]>>();
  for (const part of [...PARTS, ...LISTS]) parts.set(part, await byInstance(server, part));
  parts.set('variable-instance', await byInstance(server, 'variable-instance', '&deserializeValues=false'));
  const all = new Map<string, unknown>();
  await eachOf(ids, async (id) => {
    const rows = Object.fromEntries([...parts].map(([part, found]) => [part, found.get(id) ?? []]));
    const tree = (await server.get(`/process-instance/${id}/activity-instances`)).body;
    const { definitionId } = (await server.get(`/process-instance/${id}`)).body;
    all.set(id, { definitionId, tree: sorted(tree), ...rows });
  });
  return all;
}

async function byInstance(server: RestServer, part: string, more = ''): Promise<Map<string, Row[]>> {
  const { body } = await server.get(`/${part}?maxResults=1000000${more}`);
  const found = new Map<string, Row[]>();
  for (const row of (body as Row[]).toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))) {
    const id = String(row['processInstanceId']);
    found.set(id, [...(found.get(id) ?? []), row]);
  }
  return found;
}

/** What lies side by side in a tree has no order. */
function sorted(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(sorted).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, sorted(value)]));
}
