import type { MigrationPlan } from '../api/migration.js';
import type { ProcessDefinition } from '../api/types.js';
import { download } from '../ui/download.js';

/** As a plan file: by key and version tag, so that it fits every installation; by version where there is no tag. */
export function savePlan(source: ProcessDefinition, target: ProcessDefinition, plan: MigrationPlan): void {
  const { sourceProcessDefinitionId: _, targetProcessDefinitionId: __, ...content } = plan;
  const file = { source: referenceTo(source), target: referenceTo(target), ...content };
  const name = `${source.key}-${labelOf(source)}-to-${labelOf(target)}.json`;
  download(name, `${JSON.stringify(file, null, 2)}\n`, 'application/json');
}

function referenceTo({ key, version, versionTag, tenantId }: ProcessDefinition) {
  return {
    key,
    ...(versionTag === null ? { version } : { versionTag }),
    ...(tenantId !== null && { tenantId }),
  };
}

function labelOf({ version, versionTag }: ProcessDefinition): string {
  return versionTag ?? String(version);
}
