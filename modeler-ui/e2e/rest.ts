/** The server under test, past the browser: what a test prepares and what it checks. */
const root = () => `${process.env['E2E_BASE_URL']?.replace(/\/$/, '')}/engine-rest`;

/** @throws Error with the server's answer when it isn't 2xx */
export async function rest<T>(method: string, path: string, body?: unknown): Promise<T> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${root()}${path}`, {
    method,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(body === undefined || isForm ? {} : { headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** @returns the id of the process definition that the model has become */
export async function deployProcess(key: string, bpmn: string): Promise<string> {
  const form = new FormData();
  form.set('deployment-name', key);
  form.set(`${key}.bpmn`, new Blob([bpmn]), `${key}.bpmn`);
  const deployment = await rest<{ deployedProcessDefinitions: Record<string, unknown> }>(
    'POST',
    '/deployment/create',
    form,
  );
  const [id] = Object.keys(deployment.deployedProcessDefinitions);
  if (id === undefined) throw new Error(`Expected '${key}' to be deployed, but the answer has no definition`);
  return id;
}
