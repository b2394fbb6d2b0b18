import { invalidRequest, noSuchResource } from '../http/rest-error.js';
import type { Queryable } from '../persistence/database.js';

export interface DeployedForm {
  readonly bytes: Buffer;
  /** `application/json` for forms of form-js, else XHTML. */
  readonly mediaType: string;
}

/** How something says which form it has, in the words of the user task's row. */
export interface FormPointer {
  readonly processDefinitionId: string;
  readonly formKey: string | null;
  readonly formRef: string | null;
  readonly formRefBinding: string | null;
  readonly formRefVersion: number | null;
}

interface FormResource {
  readonly name: string;
  readonly bytes: Buffer;
  readonly deployment_id: string;
}

const DEPLOYMENT_KEY = /^(?:embedded:|camunda-forms:)?deployment:(.+)$/;
const PAGE = 50;

/** The form that came with a deployment, by file name (form key) or by the form's own id (form reference). @throws RestError (400, 404) */
export async function findDeployedForm(database: Queryable, pointer: FormPointer): Promise<DeployedForm> {
  const { formKey, formRef } = pointer;
  if (formRef !== null) return toForm(await byReference(database, pointer, formRef));
  if (formKey === null) throw invalidRequest('There is neither a form key nor a form reference');
  const [, file] = DEPLOYMENT_KEY.exec(formKey) ?? [];
  if (file === undefined) throw invalidRequest(`The form key '${formKey}' does not name a deployed form`);
  const found = await ofDeployment(database, pointer.processDefinitionId, 'r.name = $2', file);
  if (!found[0]) throw noSuchResource(`The form '${file}' is not in the deployment of ${pointer.processDefinitionId}`);
  return toForm(found[0]);
}

async function byReference(database: Queryable, pointer: FormPointer, id: string): Promise<FormResource> {
  const { formRefBinding: binding, formRefVersion: version } = pointer;
  const found =
    binding === 'deployment'
      ? (await ofDeployment(database, pointer.processDefinitionId, "r.name LIKE '%.form' AND $2 <> ''", id)).find(
          (form) => idOf(form) === id,
        )
      : await byVersion(database, id, binding === 'version' ? version : null);
  if (!found)
    throw noSuchResource(`There is no deployed form '${id}'${version === null ? '' : ` of version ${version}`}`);
  return found;
}

/** @param condition over resource `r`, with `value` as $2 */
function ofDeployment(
  database: Queryable,
  definitionId: string,
  condition: string,
  value: string,
): Promise<FormResource[]> {
  return database.query<FormResource>(
    `SELECT r.name, r.bytes, r.deployment_id FROM resource r
     WHERE r.deployment_id = (SELECT d.deployment_id FROM process_definition d WHERE d.id = $1) AND ${condition}
     ORDER BY r.position`,
    [definitionId, value],
  );
}

/** Versions of a form count its deployments, from 1. @param version null for the latest */
async function byVersion(database: Queryable, id: string, version: number | null): Promise<FormResource | undefined> {
  const order = version === null ? 'DESC' : 'ASC';
  let passed = 0;
  for (let offset = 0; ; offset += PAGE) {
    const page = await database.query<FormResource>(
      `SELECT r.name, r.bytes, r.deployment_id FROM resource r JOIN deployment d ON d.id = r.deployment_id
       WHERE r.name LIKE '%.form' ORDER BY d.deployed_at ${order}, d.id ${order}, r.position LIMIT ${PAGE} OFFSET ${offset}`,
    );
    for (const form of page) {
      if (idOf(form) !== id) continue;
      passed++;
      if (version === null || passed === version) return form;
    }
    if (page.length < PAGE) return undefined;
  }
}

function idOf({ bytes }: FormResource): string | null {
  try {
    const { id } = JSON.parse(bytes.toString('utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null; // not a form of form-js: it has no id to be found by
  }
}

function toForm({ name, bytes }: FormResource): DeployedForm {
  return {
    bytes: Buffer.from(bytes),
    mediaType: name.endsWith('.form') || name.endsWith('.json') ? 'application/json' : 'application/xhtml+xml',
  };
}
