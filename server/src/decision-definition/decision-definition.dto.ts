import { type Static, Type } from '@sinclair/typebox';
import { boolean, date, integer, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import type { DecisionDefinitionEntity } from '../persistence/entities/decision-definition.js';

export const DecisionDefinitionDto = Dto('DecisionDefinitionDto', {
  id: Type.String({ description: 'key:version:uuid' }),
  key: Type.String(),
  category: Nullable(Type.String({ description: 'The namespace of the model' })),
  name: Nullable(Type.String()),
  version: Type.Integer(),
  resource: Type.String({ description: 'The name of the DMN resource' }),
  deploymentId: Type.String(),
  tenantId: Nullable(Type.String()),
  decisionRequirementsDefinitionId: Nullable(Type.String()),
  decisionRequirementsDefinitionKey: Nullable(Type.String()),
  historyTimeToLive: Nullable(Type.Integer({ description: 'In days' })),
  versionTag: Nullable(Type.String()),
});
export type DecisionDefinitionDto = Static<typeof DecisionDefinitionDto>;

export function toDecisionDefinitionDto(definition: DecisionDefinitionEntity): DecisionDefinitionDto {
  return {
    id: definition.id,
    key: definition.key,
    category: definition.category,
    name: definition.name,
    version: definition.version,
    resource: definition.resourceName,
    deploymentId: definition.deploymentId,
    tenantId: definition.tenantId,
    decisionRequirementsDefinitionId: definition.decisionRequirementsDefinitionId,
    decisionRequirementsDefinitionKey: definition.decisionRequirementsDefinitionKey,
    historyTimeToLive: definition.historyTimeToLive,
    versionTag: definition.versionTag,
  };
}

export const DecisionDefinitionQuery = defineQuery({
  name: 'DecisionDefinitionQueryDto',
  filters: {
    decisionDefinitionId: text,
    decisionDefinitionIdIn: texts,
    name: text,
    nameLike: text,
    deploymentId: text,
    deployedAfter: date,
    deployedAt: date,
    key: text,
    keyLike: text,
    category: text,
    categoryLike: text,
    version: integer,
    latestVersion: boolean,
    resourceName: text,
    resourceNameLike: text,
    decisionRequirementsDefinitionId: text,
    decisionRequirementsDefinitionKey: text,
    withoutDecisionRequirementsDefinition: boolean,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    includeDecisionDefinitionsWithoutTenantId: boolean,
    versionTag: text,
    versionTagLike: text,
  },
  sortBy: [
    'category',
    'decisionRequirementsDefinitionKey',
    'key',
    'id',
    'name',
    'version',
    'deploymentId',
    'deployTime',
    'versionTag',
    'tenantId',
  ],
});
export type DecisionDefinitionQuery = typeof DecisionDefinitionQuery;

export const DecisionDefinitionDiagramDto = Dto('DecisionDefinitionDiagramDto', {
  id: Type.String(),
  dmnXml: Type.String(),
});
export type DecisionDefinitionDiagramDto = Static<typeof DecisionDefinitionDiagramDto>;

export const EvaluateDecisionDto = Dto('EvaluateDecisionDto', { variables: Maybe(VariablesDto) });
export type EvaluateDecisionDto = Static<typeof EvaluateDecisionDto>;

/** One object per matched rule: output names to values. */
export const DecisionResultDto = Type.Array(VariablesDto);
