import { type Static, Type } from '@sinclair/typebox';
import { HistoricProcessInstanceQuery } from '../history/historic-process-instance.dto.js';
import { boolean, text, texts, variables } from '../http/filters.js';
import { bodySchema, defineQuery } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto, VariableValueDto } from '../http/variable-value.js';
import type { ProcessInstanceEntity } from '../persistence/entities/process-instance.js';

export const LinkDto = Dto('AtomLink', { rel: Type.String(), href: Type.String(), method: Type.String() });

const INSTANCE = {
  id: Type.String(),
  definitionId: Type.String(),
  definitionKey: Type.String(),
  businessKey: Nullable(Type.String()),
  caseInstanceId: Nullable(Type.String()),
  ended: Type.Boolean(),
  suspended: Type.Boolean(),
  tenantId: Nullable(Type.String()),
  links: Type.Array(LinkDto),
};

export const ProcessInstanceDto = Dto('ProcessInstanceDto', INSTANCE);
export type ProcessInstanceDto = Static<typeof ProcessInstanceDto>;

/** The answer of a start; with the instance's variables when they were asked for. */
export const StartedInstanceDto = Dto('ProcessInstanceWithVariablesDto', {
  ...INSTANCE,
  variables: Type.Optional(Type.Record(Type.String(), VariableValueDto)),
});
export type StartedInstanceDto = ProcessInstanceDto & { variables?: Record<string, unknown> };

/** What a list reads of an instance: its tree stays in the database. */
export const LISTED = [
  'id',
  'processDefinitionId',
  'processDefinitionKey',
  'businessKey',
  'suspended',
  'tenantId',
] as const;

export function toProcessInstanceDto(
  instance: Pick<ProcessInstanceEntity, (typeof LISTED)[number]>,
): ProcessInstanceDto {
  return {
    links: [],
    id: instance.id,
    definitionId: instance.processDefinitionId,
    businessKey: instance.businessKey,
    caseInstanceId: null,
    ended: false,
    suspended: instance.suspended,
    tenantId: instance.tenantId,
    definitionKey: instance.processDefinitionKey,
  };
}

export const ProcessInstanceQuery = defineQuery({
  name: 'ProcessInstanceQueryDto',
  filters: {
    processInstanceIds: texts,
    businessKey: text,
    businessKeyLike: text,
    caseInstanceId: text,
    processDefinitionId: text,
    processDefinitionKey: text,
    processDefinitionKeyIn: texts,
    processDefinitionKeyNotIn: texts,
    deploymentId: text,
    superProcessInstance: text,
    subProcessInstance: text,
    superCaseInstance: text,
    subCaseInstance: text,
    active: boolean,
    suspended: boolean,
    withIncident: boolean,
    incidentId: text,
    incidentType: text,
    incidentMessage: text,
    incidentMessageLike: text,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    processDefinitionWithoutTenantId: boolean,
    activityIdIn: texts,
    rootProcessInstances: boolean,
    rootProcessInstanceId: text,
    leafProcessInstances: boolean,
    variables,
    variableNamesIgnoreCase: boolean,
    variableValuesIgnoreCase: boolean,
  },
  sortBy: ['instanceId', 'definitionKey', 'definitionId', 'tenantId', 'businessKey'],
  orQueries: true,
});
export type ProcessInstanceQuery = typeof ProcessInstanceQuery;

export const SuspensionDto = Dto('SuspensionStateDto', { suspended: Maybe(Type.Boolean()) });
export type SuspensionDto = Static<typeof SuspensionDto>;

export const InstancesSuspensionDto = Dto('ProcessInstanceSuspensionStateDto', {
  suspended: Maybe(Type.Boolean()),
  processInstanceIds: Maybe(Type.Array(Type.String())),
  processInstanceQuery: Maybe(bodySchema(ProcessInstanceQuery)),
  historicProcessInstanceQuery: Maybe(bodySchema(HistoricProcessInstanceQuery)),
  processDefinitionId: Maybe(Type.String()),
  processDefinitionKey: Maybe(Type.String()),
  processDefinitionTenantId: Maybe(Type.String()),
  processDefinitionWithoutTenantId: Maybe(Type.Boolean()),
});
export type InstancesSuspensionDto = Static<typeof InstancesSuspensionDto>;

export const InstanceDeletionParameters = Type.Object({
  skipCustomListeners: Type.Optional(Type.Boolean()),
  skipIoMappings: Type.Optional(Type.Boolean()),
  skipSubprocesses: Type.Optional(Type.Boolean()),
  failIfNotExists: Type.Optional(
    Type.Boolean({ description: 'Whether an unknown id is an error; it is when not given' }),
  ),
});
export type InstanceDeletionParameters = Static<typeof InstanceDeletionParameters>;

export const PatchVariablesDto = Dto('PatchVariablesDto', {
  modifications: Maybe(VariablesDto),
  deletions: Maybe(Type.Array(Type.String())),
});
export type PatchVariablesDto = Static<typeof PatchVariablesDto>;

const IncidentReference = Dto('ActivityInstanceIncidentDto', { id: Type.String(), activityId: Type.String() });

export const TransitionInstanceDto = Dto('TransitionInstanceDto', {
  id: Type.String(),
  parentActivityInstanceId: Type.String(),
  processInstanceId: Type.String(),
  processDefinitionId: Type.String(),
  activityId: Type.String(),
  activityName: Nullable(Type.String()),
  activityType: Type.String(),
  executionId: Type.String(),
  targetActivityId: Type.String(),
  incidentIds: Type.Array(Type.String()),
  incidents: Type.Array(IncidentReference),
});
export type TransitionInstanceDto = Static<typeof TransitionInstanceDto>;

export interface ActivityInstanceDto {
  id: string;
  parentActivityInstanceId: string | null;
  activityId: string;
  activityType: string;
  processInstanceId: string;
  processDefinitionId: string;
  childActivityInstances: ActivityInstanceDto[];
  childTransitionInstances: TransitionInstanceDto[];
  executionIds: string[];
  activityName: string | null;
  incidentIds: string[];
  incidents: { id: string; activityId: string }[];
  name: string | null;
}

export const ActivityInstanceDto = Type.Recursive(
  (This) =>
    Type.Object({
      id: Type.String(),
      parentActivityInstanceId: Nullable(Type.String()),
      activityId: Type.String(),
      activityName: Nullable(Type.String()),
      name: Nullable(Type.String()),
      activityType: Type.String(),
      processInstanceId: Type.String(),
      processDefinitionId: Type.String(),
      childActivityInstances: Type.Array(This),
      childTransitionInstances: Type.Array(TransitionInstanceDto),
      executionIds: Type.Array(Type.String()),
      incidentIds: Type.Array(Type.String()),
      incidents: Type.Array(IncidentReference),
    }),
  { $id: 'ActivityInstanceDto' },
);
