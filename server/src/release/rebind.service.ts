import { InvalidCommandError, NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DEPLOYMENT_LOCK } from '../deployment/deployment-lock.js';
import { Database, type Transaction } from '../persistence/database.js';
import type { VersionState } from '../persistence/entities/process-definition.js';
import { recordOperation } from '../persistence/user-operations.js';
import { type CallEdge, CallEdges } from './call-edges.query.js';
import type { RebindDto } from './release.dto.js';

interface Target {
  readonly key: string;
  readonly version: number;
  readonly tenantId: string | null;
  readonly state: VersionState;
}

/** Makes a deployed process call another version than it was pinned to, on purpose. */
@Injectable()
export class RebindService {
  constructor(
    private readonly database: Database,
    private readonly edges: CallEdges,
  ) {}

  /**
   * Calls that begin from now on go to the target; instances that were called already go on as they are.
   * @throws NotFoundError for what isn't there; InvalidCommandError for a call whose model says what it calls, another
   * key or tenant, and archived targets
   */
  async rebind(deploymentId: string, body: RebindDto, userId: string | null): Promise<CallEdge> {
    const { processDefinitionId, elementId, targetDefinitionId } = body;
    const before = (await this.edges.of([processDefinitionId])).find(
      (edge) => edge.elementId === elementId && edge.kind !== 'form',
    );
    if (!before || before.callerDeploymentId !== deploymentId)
      throw new NotFoundError(
        `Expected a call at '${elementId}' of process definition '${processDefinitionId}' in deployment '${deploymentId}', but there is none`,
        { deploymentId, processDefinitionId, elementId },
      );
    if (before.binding !== 'pinned' && before.binding !== 'late')
      throw new InvalidCommandError(
        `Expected '${elementId}' to leave open which version it calls, but its model says '${before.binding}', and a deployed model never changes`,
        { elementId },
      );
    await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [DEPLOYMENT_LOCK]);
      await this.check(tx, before, processDefinitionId, targetDefinitionId);
      await tx.query(
        `INSERT INTO call_binding (process_definition_id, element_id, kind, target_definition_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (process_definition_id, element_id, kind) DO UPDATE SET target_definition_id = excluded.target_definition_id`,
        [processDefinitionId, elementId, before.kind, targetDefinitionId],
      );
      await recordOperation(tx, userId, {
        operationType: 'Rebind',
        entityType: 'ProcessDefinition',
        deploymentId,
        processDefinitionId,
        processDefinitionKey: before.callerKey,
        annotation: body.reason ?? null,
        properties: [{ property: elementId, orgValue: before.targetId, newValue: targetDefinitionId }],
      });
    });
    const after = (await this.edges.of([processDefinitionId])).find(
      (edge) => edge.elementId === elementId && edge.kind === before.kind,
    );
    return after ?? before;
  }

  private async check(tx: Transaction, { kind, key }: CallEdge, callerId: string, targetId: string): Promise<void> {
    const state = kind === 'process' ? 'state' : "'active' AS state";
    const [caller] = await tx.query<{ tenantId: string | null }>(
      'SELECT tenant_id AS "tenantId" FROM process_definition WHERE id = $1 FOR SHARE',
      [callerId],
    );
    const [target] = await tx.query<Target>(
      `SELECT key, version, tenant_id AS "tenantId", ${state} FROM ${kind}_definition WHERE id = $1`,
      [targetId],
    );
    if (!target || !caller)
      throw new NotFoundError(`Expected ${kind} definition '${targetId}' to exist, but there is none`, { targetId });
    if (target.key !== key || target.tenantId !== caller.tenantId)
      throw new InvalidCommandError(
        `Expected a version of ${kind} '${key}' of the caller's own tenant, but '${targetId}' is none`,
        { targetId },
      );
    if (target.state === 'archived')
      throw new InvalidCommandError(
        `Expected a version that can be called, but '${targetId}' is archived; make it active or draining first`,
        { targetId },
      );
  }
}
