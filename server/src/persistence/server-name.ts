import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 1_000;
let name = `${hostname()}$default`;

/** What this server is called in the log of jobs: the machine's address and the engine's name, as in Camunda. */
export function serverName(): string {
  return name;
}

/** Once, when the server starts. Where the address can't be found in time it's the machine's name. */
export async function findServerName(): Promise<void> {
  const address = lookup(hostname()).then(
    (found) => found.address,
    () => null,
  );
  const waited = new AbortController();
  const late = sleep(PATIENCE_MS, null, { signal: waited.signal }).catch(() => null);
  const found = await Promise.race([address, late]);
  waited.abort();
  if (found !== null) name = `${found}$default`;
}
