import { type Static, Type } from '@sinclair/typebox';
import { boolean, date, integer, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto, VariableValueDto } from '../http/variable-value.js';
import { InstructionDto } from '../modification/modification.dto.js';
import type { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';

const DEFINITION = {
  id: Type.String({ description: 'key:version:uuid' }),
  key: Type.String(),
  category: Nullable(Type.String({ description: 'The target namespace of the model' })),
  description: Nullable(Type.String()),
  name: Nullable(Type.String()),
  version: Type.Integer(),
  resource: Type.String({ description: 'The name of the BPMN resource' }),
  deploymentId: Type.String(),
  diagram: Nullable(Type.String({ description: 'The name of the image resource' })),
  suspended: Type.Boolean(),
  tenantId: Nullable(Type.String()),
  versionTag: Nullable(Type.String()),
  historyTimeToLive: Nullable(Type.Integer({ description: 'In days' })),
  startableInTasklist: Type.Boolean(),
};

export const ProcessDefinitionDto = Dto('ProcessDefinitionDto', DEFINITION);
export type ProcessDefinitionDto = Static<typeof ProcessDefinitionDto>;

export function toProcessDefinitionDto(definition: ProcessDefinitionEntity): ProcessDefinitionDto {
  return {
    id: definition.id,
    key: definition.key,
    category: definition.category,
    description: definition.description,
    name: definition.name,
    version: definition.version,
    resource: definition.resourceName,
    deploymentId: definition.deploymentId,
    diagram: definition.diagramResourceName,
    suspended: definition.suspended,
    tenantId: definition.tenantId,
    versionTag: definition.versionTag,
    historyTimeToLive: definition.historyTimeToLive,
    startableInTasklist: definition.startableInTasklist,
  };
}

export const ProcessDefinitionQuery = defineQuery({
  name: 'ProcessDefinitionQueryDto',
  filters: {
    processDefinitionId: text,
    processDefinitionIdIn: texts,
    name: text,
    nameLike: text,
    deploymentId: text,
    deployedAfter: date,
    deployedAt: date,
    key: text,
    keysIn: texts,
    keyLike: text,
    category: text,
    categoryLike: text,
    version: integer,
    latestVersion: boolean,
    /** Another name of `latestVersion`, used by Camunda's own web apps. */
    latest: boolean,
    resourceName: text,
    resourceNameLike: text,
    startableBy: text,
    active: boolean,
    suspended: boolean,
    incidentId: text,
    incidentType: text,
    incidentMessage: text,
    incidentMessageLike: text,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    includeProcessDefinitionsWithoutTenantId: boolean,
    versionTag: text,
    versionTagLike: text,
    withoutVersionTag: boolean,
    startableInTasklist: boolean,
    notStartableInTasklist: boolean,
    startablePermissionCheck: boolean,
    /** Ours: versions that were archived are left out without it. */
    includeArchived: boolean,
  },
  sortBy: ['category', 'key', 'id', 'name', 'version', 'deploymentId', 'deployTime', 'tenantId', 'versionTag'],
});
export type ProcessDefinitionQuery = typeof ProcessDefinitionQuery;

export const ProcessDefinitionDiagramDto = Dto('ProcessDefinitionDiagramDto', {
  id: Type.String(),
  bpmn20Xml: Type.String(),
});
export type ProcessDefinitionDiagramDto = Static<typeof ProcessDefinitionDiagramDto>;

export const StartProcessInstanceDto = Dto('StartProcessInstanceDto', {
  businessKey: Maybe(Type.String()),
  variables: Maybe(VariablesDto),
  caseInstanceId: Maybe(Type.String()),
  startInstructions: Maybe(Type.Array(InstructionDto)),
  skipCustomListeners: Maybe(Type.Boolean()),
  skipIoMappings: Maybe(Type.Boolean()),
  withVariablesInReturn: Maybe(Type.Boolean()),
});
export type StartProcessInstanceDto = Static<typeof StartProcessInstanceDto>;

export const SubmitStartFormDto = Dto('StartProcessInstanceFormDto', {
  businessKey: Maybe(Type.String()),
  variables: Maybe(VariablesDto),
});
export type SubmitStartFormDto = Static<typeof SubmitStartFormDto>;

export const FormDto = Dto('FormDto', {
  key: Nullable(Type.String()),
  camundaFormRef: Nullable(
    Dto('CamundaFormRef', {
      key: Type.String(),
      binding: Type.String(),
      version: Nullable(Type.Integer()),
    }),
  ),
  contextPath: Nullable(Type.String()),
});
export type FormDto = Static<typeof FormDto>;

export const FormVariablesDto = Type.Record(Type.String(), VariableValueDto);

export const DefinitionSuspensionDto = Dto('ProcessDefinitionSuspensionStateDto', {
  suspended: Maybe(Type.Boolean()),
  processDefinitionId: Maybe(Type.String()),
  processDefinitionKey: Maybe(Type.String()),
  includeProcessInstances: Maybe(Type.Boolean()),
  executionDate: Maybe(DateText()),
});
export type DefinitionSuspensionDto = Static<typeof DefinitionSuspensionDto>;

export const HistoryTimeToLiveDto = Dto('HistoryTimeToLiveDto', { historyTimeToLive: Maybe(Type.Integer()) });
export type HistoryTimeToLiveDto = Static<typeof HistoryTimeToLiveDto>;

export const DeletionParameters = Type.Object({
  cascade: Type.Optional(Type.Boolean({ description: 'Also delete the instances and their history' })),
  skipCustomListeners: Type.Optional(Type.Boolean()),
  skipIoMappings: Type.Optional(Type.Boolean()),
  dryRun: Type.Optional(Type.Boolean({ description: 'Answer what would be deleted, or why it would be refused' })),
});
export type DeletionParameters = Static<typeof DeletionParameters>;

export const StatisticsParameters = Type.Object({
  failedJobs: Type.Optional(Type.Boolean({ description: 'Whether to count failed jobs' })),
  incidents: Type.Optional(Type.Boolean({ description: 'Whether to count incidents of all types' })),
  rootIncidents: Type.Optional(
    Type.Boolean({ description: 'Whether to count only incidents that were not passed on' }),
  ),
  incidentsForType: Type.Optional(Type.String({ description: 'Count incidents of this type only' })),
});
export type StatisticsParameters = Static<typeof StatisticsParameters>;

const STATISTICS = {
  '@class': Type.String(),
  id: Type.String(),
  instances: Type.Integer(),
  failedJobs: Type.Integer(),
  incidents: Type.Array(
    Dto('IncidentStatisticsResultDto', { incidentType: Type.String(), incidentCount: Type.Integer() }),
  ),
};
export const ActivityStatisticsDto = Dto('ActivityStatisticsResultDto', STATISTICS);
export type ActivityStatisticsDto = Static<typeof ActivityStatisticsDto>;
export const DefinitionStatisticsDto = Dto('ProcessDefinitionStatisticsResultDto', {
  ...STATISTICS,
  definition: ProcessDefinitionDto,
});
export type DefinitionStatisticsDto = Static<typeof DefinitionStatisticsDto>;

export const CalledProcessDefinitionDto = Dto('CalledProcessDefinitionDto', {
  ...DEFINITION,
  calledFromActivityIds: Type.Array(Type.String()),
  callingProcessDefinitionId: Type.String(),
});
export type CalledProcessDefinitionDto = Static<typeof CalledProcessDefinitionDto>;
