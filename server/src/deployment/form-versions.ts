import type { Queryable } from '../persistence/database.js';

/** A deployed form of form-js. */
export interface FormVersion {
  /** `<deployment id>/<resource>` */
  readonly id: string;
  /** The form's own id, by which models refer to it. */
  readonly key: string;
  /** Forms have no definitions: the deployments of the form are counted, from 1. */
  readonly version: number;
  readonly deploymentId: string;
}

/** The deployed forms of an id, the oldest first. */
export async function formVersions(on: Queryable, key: string): Promise<FormVersion[]> {
  const rows = await on.query<{ name: string; deploymentId: string; bytes: Uint8Array }>(
    `SELECT r.name, r.deployment_id AS "deploymentId", r.bytes FROM resource r JOIN deployment d ON d.id = r.deployment_id
     WHERE r.name LIKE '%.form' AND position(convert_to($1, 'UTF8') IN r.bytes) > 0
     ORDER BY d.deployed_at, d.id, r.position`,
    [key],
  );
  return rows
    .filter(({ bytes }) => formId(bytes) === key)
    .map(({ name, deploymentId }, i) => ({ id: `${deploymentId}/${name}`, key, version: i + 1, deploymentId }));
}

/** The id that a form gives itself; null for what is no form of form-js. */
export function formId(bytes: Uint8Array): string | null {
  try {
    const { id } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
