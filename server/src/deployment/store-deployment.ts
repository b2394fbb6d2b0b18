import type { Transaction } from '../persistence/database.js';
import { DecisionDefinitionEntity } from '../persistence/entities/decision-definition.js';
import { DeploymentEntity } from '../persistence/entities/deployment.js';
import { JobDefinitionEntity } from '../persistence/entities/job-definition.js';
import { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { ResourceEntity } from '../persistence/entities/resource.js';
import { newId } from '../persistence/uuid-v7.js';
import type { DeployedResource, ParsedDecision, ParsedProcess } from './parse-resources.js';

/** One past the newest version of a key. */
async function nextVersion(tx: Transaction, table: string, key: string, tenantId: string | null): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `SELECT coalesce(max(version), 0) + 1 AS version FROM ${table} WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2`,
    [key, tenantId],
  );
  return row!.version;
}

function definitionId(key: string, version: number): string {
  return `${key}:${version}:${newId()}`;
}

export async function storeResources(
  tx: Transaction,
  deployment: DeploymentEntity,
  resources: readonly DeployedResource[],
): Promise<void> {
  const { manager } = tx.runner;
  await manager.insert(DeploymentEntity, { ...deployment });
  await manager.insert(
    ResourceEntity,
    resources.map(({ name, bytes }, position) => ({
      id: newId(),
      deploymentId: deployment.id,
      name,
      bytes: Buffer.from(bytes),
      position,
    })),
  );
}

export async function storeProcess(
  tx: Transaction,
  deployment: DeploymentEntity,
  { model, resourceName, diagramResourceName, category }: ParsedProcess,
): Promise<ProcessDefinitionEntity> {
  const { tenantId } = deployment;
  const version = await nextVersion(tx, 'process_definition', model.key, tenantId);
  const definition: ProcessDefinitionEntity = {
    id: definitionId(model.key, version),
    key: model.key,
    version,
    versionTag: model.versionTag,
    name: model.name,
    category,
    description: model.documentation,
    deploymentId: deployment.id,
    resourceName,
    diagramResourceName,
    suspended: false,
    tenantId,
    historyTimeToLive: model.historyTimeToLive,
    startableInTasklist: model.startableInTasklist,
    hasStartForm: model.startForm !== null,
    state: 'active',
    stateSince: null,
    callsKnown: false,
  };
  await tx.runner.manager.insert(ProcessDefinitionEntity, { ...definition });
  const jobs = model.jobDefinitions.map(({ elementId, type, configuration }) => ({
    id: newId(),
    processDefinitionId: definition.id,
    processDefinitionKey: definition.key,
    elementId,
    type,
    configuration,
    suspended: false,
    priority: null,
    deploymentId: deployment.id,
    tenantId,
  }));
  if (jobs.length > 0) await tx.runner.manager.insert(JobDefinitionEntity, jobs);
  return definition;
}

export async function storeDecision(
  tx: Transaction,
  deployment: DeploymentEntity,
  { model, resourceName, category }: ParsedDecision,
): Promise<DecisionDefinitionEntity> {
  const { tenantId } = deployment;
  const version = await nextVersion(tx, 'decision_definition', model.key, tenantId);
  const definition: DecisionDefinitionEntity = {
    id: definitionId(model.key, version),
    key: model.key,
    version,
    versionTag: model.versionTag,
    name: model.name,
    category,
    deploymentId: deployment.id,
    resourceName,
    decisionRequirementsDefinitionId: null,
    decisionRequirementsDefinitionKey: null,
    historyTimeToLive: model.historyTimeToLive,
    tenantId,
  };
  await tx.runner.manager.insert(DecisionDefinitionEntity, { ...definition });
  return definition;
}
