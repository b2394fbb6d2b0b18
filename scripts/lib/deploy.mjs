import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Deploys a folder's models, decisions and forms; unchanged files make no new version.
 * @param url the server's root
 * @throws Error with the server's answer when it refuses them
 */
export async function deployFolder(url, folder, { name, source, headers = {} }) {
  const form = new FormData();
  form.set('deployment-name', name);
  form.set('deployment-source', source);
  form.set('enable-duplicate-filtering', 'true');
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    if (/\.(bpmn|dmn|form)$/.test(file) && statSync(path).isFile())
      form.set(file, new Blob([readFileSync(path)]), file);
  }
  const answer = await fetch(`${url}/engine-rest/deployment/create`, { method: 'POST', body: form, headers });
  if (!answer.ok) throw new Error(`${name} can't be deployed: ${answer.status} ${await answer.text()}`);
}
