import type { Queryable } from '../persistence/database.js';
import type { DeploymentEntity } from '../persistence/entities/deployment.js';
import type { DeployedResource } from './parse-resources.js';

export interface DeploymentName {
  readonly name: string;
  readonly source: string | null;
  readonly tenantId: string | null;
}

/** Deployments of the same name; of the same source too, when one is given. */
const SAME_NAME = `d.name = $1 AND d.tenant_id IS NOT DISTINCT FROM $2 AND ($3::text IS NULL OR d.source = $3)`;

/** The resources that differ from what the deployments of that name brought last, resource by resource. */
export async function changedResources(
  on: Queryable,
  { name, source, tenantId }: DeploymentName,
  resources: readonly DeployedResource[],
): Promise<DeployedResource[]> {
  const rows = await on.query<{ name: string; bytes: Buffer }>(
    `SELECT DISTINCT ON (r.name) r.name, r.bytes FROM resource r JOIN deployment d ON d.id = r.deployment_id
     WHERE ${SAME_NAME} AND r.name = ANY($4) ORDER BY r.name, d.deployed_at DESC, d.id DESC`,
    [name, tenantId, source, resources.map((resource) => resource.name)],
  );
  const existing = new Map(rows.map((row) => [row.name, row.bytes]));
  return resources.filter((resource) => existing.get(resource.name)?.equals(resource.bytes) !== true);
}

export async function latestDeployment(
  on: Queryable,
  { name, source, tenantId }: DeploymentName,
): Promise<DeploymentEntity | null> {
  const [row] = await on.query<DeploymentEntity>(
    `SELECT d.id, d.name, d.source, d.deployed_at AS "deployedAt", d.tenant_id AS "tenantId" FROM deployment d
     WHERE ${SAME_NAME} ORDER BY d.deployed_at DESC, d.id DESC LIMIT 1`,
    [name, tenantId, source],
  );
  return row ?? null;
}
