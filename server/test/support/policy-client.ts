import type { RestServer } from './rest-server.js';

export interface PolicyAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape, and tests look into them
  readonly body: any;
}

/** Deployments with form fields, and what is below `/api`. */
export function policyClient(server: Pick<RestServer, 'url'>) {
  const api = async (method: string, path: string, body?: unknown): Promise<PolicyAnswer> => {
    const answer = await fetch(server.url.replace('/engine-rest', '/api') + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  const upload = async (
    root: string,
    path: string,
    files: Readonly<Record<string, string>>,
    fields: Readonly<Record<string, string>>,
  ): Promise<PolicyAnswer> => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ 'deployment-name': 'test', ...fields })) form.set(name, value);
    for (const [name, content] of Object.entries(files)) form.set(name, new Blob([content]), name);
    const answer = await fetch(`${server.url.replace('/engine-rest', root)}${path}`, { method: 'POST', body: form });
    return { status: answer.status, body: await answer.json() };
  };
  const tryDeploy = (files: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>> = {}) =>
    upload('/engine-rest', '/deployment/create', files, fields);
  return {
    api,
    tryDeploy,
    plan: (files: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>> = {}) =>
      upload('/api', '/deployment/plan', files, fields),
    /** One process. @returns its id with the deployment's answer */
    deploy: async (model: string, fields: Readonly<Record<string, string>> = {}) => {
      const { status, body } = await tryDeploy({ 'p.bpmn': model }, fields);
      if (status !== 200) throw new Error(`Expected a deployment, but got ${JSON.stringify(body)}`);
      return { id: Object.keys(body.deployedProcessDefinitions)[0]!, body };
    },
    stateOf: async (id: string): Promise<string> => (await api('GET', `/process-definition/${id}/state`)).body.state,
  };
}
