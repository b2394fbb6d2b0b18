import { readdir, readFile } from 'node:fs/promises';

const FOLDER = new URL('../../../../bpmn/loan-application/', import.meta.url);

/** The form of a deployment of one version of the loan process. @param fields what else the form says */
export async function loanForm(version: 1 | 2, fields: Readonly<Record<string, string>> = {}): Promise<FormData> {
  const form = new FormData();
  form.set('deployment-name', 'loan-application');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const shared = (await readdir(FOLDER)).filter((name) => /\.(dmn|form)$/.test(name));
  const models = ['credit-check.bpmn', 'loan-application.bpmn'];
  for (const name of [...shared, ...models].sort()) {
    const folder = version === 2 && models.includes(name) ? new URL('v2/', FOLDER) : FOLDER;
    form.set(name, new Blob([await readFile(new URL(name, folder), 'utf8')]), name);
  }
  return form;
}

/** A file of the loan process that holds JSON, by its path in the folder. */
// biome-ignore lint/suspicious/noExplicitAny: it goes to the server as it is
export async function loanJson(path: string): Promise<any> {
  return JSON.parse(await readFile(new URL(path, FOLDER), 'utf8'));
}
