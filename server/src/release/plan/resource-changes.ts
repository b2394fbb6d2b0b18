import type { DeploymentInput } from '../../deployment/deployment.service.js';
import type { DeployedResource } from '../../deployment/parse-resources.js';
import type { Queryable } from '../../persistence/database.js';

/** What a deployment would make of one file. */
export interface ResourceChange {
  readonly name: string;
  readonly change: 'new' | 'changed' | 'unchanged';
  /** Reused files make no new version. */
  readonly action: 'deploy' | 'reuse';
  readonly reason: string;
  /** The deployment that brought the file last. */
  readonly comparedWith: string | null;
}

interface Last {
  readonly name: string;
  readonly bytes: Buffer;
  readonly deploymentId: string;
}

/** Every file compared with its latest version, in deployments of the same name if the deployment has one. */
export async function resourceChanges(on: Queryable, input: DeploymentInput): Promise<ResourceChange[]> {
  const { name, source, tenantId, resources, duplicateFiltering, deployChangedOnly } = input;
  const rows = await on.query<Last>(
    `SELECT DISTINCT ON (r.name) r.name, r.bytes, d.id AS "deploymentId"
     FROM resource r JOIN deployment d ON d.id = r.deployment_id
     WHERE r.name = ANY($1) AND d.tenant_id IS NOT DISTINCT FROM $2 AND ($3::text IS NULL OR d.name = $3)
       AND ($3::text IS NULL OR $4::text IS NULL OR d.source = $4)
     ORDER BY r.name, d.deployed_at DESC, d.id DESC`,
    [resources.map((resource) => resource.name), tenantId, name, source],
  );
  const last = new Map(rows.map((row) => [row.name, row]));
  const compared = resources.map((resource) => ({ resource, before: last.get(resource.name) ?? null }));
  const filters = name !== null && (duplicateFiltering || deployChangedOnly);
  const allUnchanged = compared.every(({ resource, before }) => isSame(resource, before));
  return compared.map(({ resource, before }) => {
    const change = before === null ? 'new' : isSame(resource, before) ? 'unchanged' : 'changed';
    const reused = change === 'unchanged' && filters && (deployChangedOnly || allUnchanged);
    return {
      name: resource.name,
      change,
      action: reused ? 'reuse' : 'deploy',
      reason: reasonOf(change, reused, filters),
      comparedWith: before?.deploymentId ?? null,
    };
  });
}

function isSame({ bytes }: DeployedResource, before: Last | null): boolean {
  return before !== null && Buffer.from(before.bytes).equals(bytes);
}

function reasonOf(change: ResourceChange['change'], reused: boolean, filters: boolean): string {
  if (change === 'new') return 'No deployment has brought it before';
  if (change === 'changed') return 'It differs from its latest version';
  if (reused) return 'It is the same as its latest version';
  return filters
    ? "It is the same as its latest version, but comes again with files that changed; 'deploy-changed-only' would leave it out"
    : "It is the same as its latest version, but duplicates aren't filtered ('deploy-changed-only', 'enable-duplicate-filtering')";
}
