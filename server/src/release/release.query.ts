import { NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { formVersions } from '../deployment/form-versions.js';
import { Database } from '../persistence/database.js';
import type { VersionState } from '../persistence/entities/process-definition.js';
import { type CallEdge, CallEdges } from './call-edges.query.js';

export interface ReleaseNode {
  readonly id: string;
  readonly kind: 'process' | 'decision' | 'form';
  readonly key: string;
  readonly version: number;
  readonly versionTag: string | null;
  readonly deploymentId: string;
  /** Of processes only. */
  readonly state: VersionState | null;
}

export interface ReleaseGraph {
  readonly deploymentId: string;
  /** What the deployment brought and what that calls, at any depth. */
  readonly nodes: readonly ReleaseNode[];
  readonly edges: readonly CallEdge[];
}

const DEFINITIONS = `
SELECT id, 'process' AS kind, key, version, version_tag AS "versionTag", deployment_id AS "deploymentId", state
FROM process_definition WHERE id = ANY($1) OR deployment_id = $2
UNION ALL
SELECT id, 'decision', key, version, version_tag, deployment_id, NULL
FROM decision_definition WHERE id = ANY($1) OR deployment_id = $2
ORDER BY kind DESC, key, version`;

/** What belongs to a release, and who uses it. */
@Injectable()
export class ReleaseQueries {
  constructor(
    private readonly database: Database,
    private readonly edges: CallEdges,
  ) {}

  /** @throws NotFoundError */
  async graph(deploymentId: string): Promise<ReleaseGraph> {
    await this.requireDeployment(deploymentId);
    const own = await this.definitions([], deploymentId);
    const edges: CallEdge[] = [];
    const seen = new Set<string>();
    let next = own.filter(({ kind }) => kind === 'process').map(({ id }) => id);
    while (next.length > 0) {
      for (const id of next) seen.add(id);
      const found = await this.edges.of(next);
      edges.push(...found);
      const called = found.flatMap(({ kind, targetId }) => (kind === 'process' && targetId !== null ? [targetId] : []));
      next = [...new Set(called)].filter((id) => !seen.has(id));
    }
    const targets = edges.flatMap(({ targetId }) => targetId ?? []);
    const nodes = [...(await this.definitions(targets, deploymentId)), ...(await this.forms(edges))];
    return { deploymentId, nodes, edges };
  }

  /** Calls of what the deployment brought, from wherever. @throws NotFoundError */
  async callers(deploymentId: string): Promise<CallEdge[]> {
    await this.requireDeployment(deploymentId);
    const own = await this.definitions([], deploymentId);
    return this.edges.to(own.map(({ id }) => id));
  }

  private definitions(ids: readonly string[], deploymentId: string): Promise<ReleaseNode[]> {
    return this.database.query<ReleaseNode>(DEFINITIONS, [ids, deploymentId]);
  }

  private async forms(edges: readonly CallEdge[]): Promise<ReleaseNode[]> {
    const wanted = edges.filter(({ kind, targetId }) => kind === 'form' && targetId !== null);
    const ids = new Set(wanted.map(({ targetId }) => targetId));
    const keys = new Set(wanted.flatMap(({ key }) => key ?? []));
    const versions = (await Promise.all([...keys].map((key) => formVersions(this.database, key)))).flat();
    return versions
      .filter(({ id }) => ids.has(id))
      .map((form) => ({ ...form, kind: 'form', versionTag: null, state: null }));
  }

  private async requireDeployment(id: string): Promise<void> {
    const [deployment] = await this.database.query('SELECT id FROM deployment WHERE id = $1', [id]);
    if (!deployment)
      throw new NotFoundError(`Expected deployment '${id}' to exist, but there is none`, { deploymentId: id });
  }
}
