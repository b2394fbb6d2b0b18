import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';

/** A deployed form of form-js. */
export interface FormVersion {
  /** `<deployment id>/<resource>` */
  readonly id: string;
  /** The form's own id, by which models refer to it. */
  readonly key: string;
  /** Counts the deployments of the form, from 1. */
  readonly version: number;
  readonly deploymentId: string;
}

interface Reference {
  readonly key: string | null;
  readonly binding: string;
  readonly targetVersion: number | null;
  readonly callerDeploymentId: string;
}

/** Forms have no definitions: their versions are the deployments that hold a form of that id. */
@Injectable()
export class FormVersions {
  constructor(private readonly database: Database) {}

  async versions(key: string): Promise<FormVersion[]> {
    const rows = await this.database.query<{ name: string; deploymentId: string; bytes: Uint8Array }>(
      `SELECT r.name, r.deployment_id AS "deploymentId", r.bytes FROM resource r JOIN deployment d ON d.id = r.deployment_id
       WHERE r.name LIKE '%.form' AND position(convert_to($1, 'UTF8') IN r.bytes) > 0
       ORDER BY d.deployed_at, d.id, r.position`,
      [key],
    );
    return rows
      .filter(({ bytes }) => formId(bytes) === key)
      .map(({ name, deploymentId }, i) => ({ id: `${deploymentId}/${name}`, key, version: i + 1, deploymentId }));
  }

  /** What a reference means at this moment; null when there is no such form. */
  async target({ key, binding, targetVersion, callerDeploymentId }: Reference): Promise<string | null> {
    if (key === null) return null;
    const versions = await this.versions(key);
    if (binding === 'deployment') return versions.find((each) => each.deploymentId === callerDeploymentId)?.id ?? null;
    if (binding === 'version') return versions.find(({ version }) => version === targetVersion)?.id ?? null;
    return binding === 'latest' ? (versions.at(-1)?.id ?? null) : null;
  }
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
