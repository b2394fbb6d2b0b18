import { type Static, Type } from '@sinclair/typebox';
import { Dto, Maybe } from '../http/schema.js';
import type { Queryable } from '../persistence/database.js';
import { DefinitionInUseError } from './definition-in-use-error.js';

const Definition = { id: Type.String(), key: Type.String(), version: Type.Integer() };

const AffectedInstancesDto = Dto('AffectedInstancesDto', {
  processDefinitionId: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionVersion: Type.Integer(),
  instances: Type.Integer(),
});

/** What the deletion of a deployment or of versions of a process would do. */
export const DeletionPreviewDto = Dto('DeletionPreviewDto', {
  dryRun: Type.Literal(true),
  type: Type.Union([Type.Literal('deployment-deletion'), Type.Literal('process-definition-deletion')]),
  count: Type.Integer({ description: 'How many process definitions' }),
  ids: Type.Array(Type.String({ description: 'Theirs' })),
  refusal: Maybe(Type.String({ description: 'Why it would be refused; nothing would then be deleted' })),
  processDefinitions: Type.Array(
    Dto('DeletedProcessDefinitionDto', {
      ...Definition,
      versionTag: Maybe(Type.String()),
      instances: Type.Integer({ description: 'That run' }),
      endedInstances: Type.Integer({ description: 'In the history' }),
    }),
  ),
  decisionDefinitions: Type.Array(Dto('DeletedDecisionDefinitionDto', Definition)),
  resources: Type.Array(Type.String({ description: 'Names of files that would go with their deployment' })),
  deletesHistory: Type.Boolean({ description: 'With cascade: that of the instances, running or ended' }),
  calledInstances: Type.Array(AffectedInstancesDto, {
    description: 'Instances of other definitions that would be deleted because the deleted ones called them',
  }),
  cancelledCalls: Type.Array(AffectedInstancesDto, {
    description: 'Instances of other definitions in which a call of a deleted instance would be cancelled',
  }),
  unpinnedCalls: Type.Array(
    Dto('UnpinnedCallDto', {
      processDefinitionId: Type.String(),
      activityId: Type.String(),
      targetDefinitionId: Type.String(),
    }),
    { description: 'Calls of other definitions that are pinned to one of the deleted ones' },
  ),
});
export type DeletionPreviewDto = Static<typeof DeletionPreviewDto>;

export interface Deletion {
  readonly type: DeletionPreviewDto['type'];
  readonly definitionIds: readonly string[];
  /** With all that came with it; null when only the definitions go. */
  readonly deploymentId: string | null;
  readonly cascade: boolean;
}

/** With those that they call, at any depth: a caller takes them along. */
const DOOMED = `WITH RECURSIVE doomed AS (
  SELECT id, super_process_instance_id, process_definition_id FROM process_instance WHERE process_definition_id = ANY($1)
  UNION SELECT p.id, p.super_process_instance_id, p.process_definition_id FROM process_instance p
    JOIN doomed ON p.super_process_instance_id = doomed.id)`;

const AFFECTED = `d.id AS "processDefinitionId", d.key AS "processDefinitionKey",
  d.version AS "processDefinitionVersion", count(DISTINCT i.id)::int AS instances`;

/** Changes nothing. The definitions must be there. */
export async function previewDeletion(
  on: Queryable,
  { type, definitionIds, deploymentId, cascade }: Deletion,
): Promise<DeletionPreviewDto> {
  const processDefinitions = await on.query<DeletionPreviewDto['processDefinitions'][number]>(
    `SELECT d.id, d.key, d.version, d.version_tag AS "versionTag",
       (SELECT count(*)::int FROM process_instance p WHERE p.process_definition_id = d.id) AS instances,
       (SELECT count(*)::int FROM historic_process_instance h
        WHERE h.process_definition_id = d.id AND h.ended_at IS NOT NULL) AS "endedInstances"
     FROM process_definition d WHERE d.id = ANY($1) ORDER BY d.key, d.version`,
    [definitionIds],
  );
  const used = processDefinitions.find(({ instances }) => instances > 0);
  const decisionDefinitions = await on.query<DeletionPreviewDto['decisionDefinitions'][number]>(
    'SELECT id, key, version FROM decision_definition WHERE deployment_id = $1 ORDER BY key, version',
    [deploymentId],
  );
  const resources = await on.query<{ name: string }>('SELECT name FROM resource WHERE deployment_id = $1 ORDER BY 1', [
    deploymentId,
  ]);
  const calledInstances = await on.query<DeletionPreviewDto['calledInstances'][number]>(
    `${DOOMED} SELECT ${AFFECTED} FROM doomed i JOIN process_definition d ON d.id = i.process_definition_id
     WHERE NOT d.id = ANY($1) GROUP BY d.id ORDER BY d.key, d.version`,
    [definitionIds],
  );
  const cancelledCalls = await on.query<DeletionPreviewDto['cancelledCalls'][number]>(
    `${DOOMED} SELECT ${AFFECTED} FROM doomed c JOIN process_instance i ON i.id = c.super_process_instance_id
       JOIN process_definition d ON d.id = i.process_definition_id
     WHERE NOT EXISTS (SELECT 1 FROM doomed WHERE doomed.id = i.id) GROUP BY d.id ORDER BY d.key, d.version`,
    [definitionIds],
  );
  const unpinnedCalls = await on.query<DeletionPreviewDto['unpinnedCalls'][number]>(
    `SELECT process_definition_id AS "processDefinitionId", element_id AS "activityId",
       target_definition_id AS "targetDefinitionId"
     FROM call_binding WHERE target_definition_id = ANY($1) AND NOT process_definition_id = ANY($2) ORDER BY 1, 2`,
    [[...definitionIds, ...decisionDefinitions.map(({ id }) => id)], definitionIds],
  );
  return {
    dryRun: true,
    type,
    count: processDefinitions.length,
    ids: processDefinitions.map(({ id }) => id),
    refusal: used && !cascade ? DefinitionInUseError.of(used.id).message : null,
    processDefinitions,
    decisionDefinitions,
    resources: resources.map(({ name }) => name),
    deletesHistory: cascade,
    // Without cascade they are what refuses it.
    calledInstances: cascade ? calledInstances : [],
    cancelledCalls: cascade ? cancelledCalls : [],
    unpinnedCalls,
  };
}
