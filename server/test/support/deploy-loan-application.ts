import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Deploys the loan process with its decision and forms. @throws Error with the server's answer when it is refused */
export async function deployLoanApplication(restUrl: string, folder: string): Promise<{ id: string }> {
  const form = new FormData();
  form.set('deployment-name', 'loan-application');
  for (const name of (await readdir(folder)).sort())
    if (/\.(bpmn|dmn|form)$/.test(name))
      form.set(name, new Blob([new Uint8Array(await readFile(join(folder, name)))]), name);
  const answer = await fetch(`${restUrl}/deployment/create`, { method: 'POST', body: form });
  if (!answer.ok)
    throw new Error(`Expected the loan process to be deployed, but: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { id: string };
}
