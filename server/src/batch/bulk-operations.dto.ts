import { type Static, Type } from '@sinclair/typebox';
import { DateText, Dto, Maybe } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import { BULK } from './batch.dto.js';
import { EXTERNAL_TASKS, HISTORIC_INSTANCES, INSTANCE_QUERIES, INSTANCES, JOBS } from './selection.js';

const RETRIES = { retries: Maybe(Type.Integer()), dueDate: Maybe(DateText()) };

export const DeleteInstancesDto = Dto('DeleteProcessInstancesDto', {
  ...INSTANCES,
  ...BULK,
  deleteReason: Maybe(Type.String()),
  skipCustomListeners: Maybe(Type.Boolean()),
  skipSubprocesses: Maybe(Type.Boolean()),
  skipIoMappings: Maybe(Type.Boolean()),
});
export type DeleteInstancesDto = Static<typeof DeleteInstancesDto>;

export const DeleteHistoricInstancesDto = Dto('DeleteHistoricProcessInstancesDto', {
  ...HISTORIC_INSTANCES,
  ...BULK,
  deleteReason: Maybe(Type.String()),
  failIfNotExists: Maybe(Type.Boolean()),
});
export type DeleteHistoricInstancesDto = Static<typeof DeleteHistoricInstancesDto>;

export const SetJobRetriesDto = Dto('SetJobRetriesDto', { ...JOBS, ...RETRIES, ...BULK });
export type SetJobRetriesDto = Static<typeof SetJobRetriesDto>;

export const SetJobRetriesByProcessDto = Dto('SetJobRetriesByProcessDto', {
  processInstances: INSTANCES.processInstanceIds,
  ...INSTANCE_QUERIES,
  ...RETRIES,
  ...BULK,
});
export type SetJobRetriesByProcessDto = Static<typeof SetJobRetriesByProcessDto>;

export const SetExternalTaskRetriesBatchDto = Dto('SetRetriesForExternalTasksBatchDto', {
  ...EXTERNAL_TASKS,
  ...INSTANCES,
  ...BULK,
  retries: Maybe(Type.Integer()),
});
export type SetExternalTaskRetriesBatchDto = Static<typeof SetExternalTaskRetriesBatchDto>;

export const SuspendInstancesDto = Dto('ProcessInstanceSuspensionStateAsyncDto', {
  ...INSTANCES,
  ...BULK,
  suspended: Maybe(Type.Boolean()),
});
export type SuspendInstancesDto = Static<typeof SuspendInstancesDto>;

export const SetVariablesDto = Dto('SetVariablesAsyncDto', { ...INSTANCES, ...BULK, variables: Maybe(VariablesDto) });
export type SetVariablesDto = Static<typeof SetVariablesDto>;

export const CorrelateMessageDto = Dto('CorrelationMessageAsyncDto', {
  ...INSTANCES,
  ...BULK,
  messageName: Maybe(Type.String()),
  variables: Maybe(VariablesDto),
});
export type CorrelateMessageDto = Static<typeof CorrelateMessageDto>;
