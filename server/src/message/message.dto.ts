import { type Static, Type } from '@sinclair/typebox';
import { ExecutionDto } from '../execution/execution.dto.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import { ProcessInstanceDto } from '../process-instance/process-instance.dto.js';

export const CorrelationMessageDto = Dto('CorrelationMessageDto', {
  messageName: Maybe(Type.String()),
  businessKey: Maybe(Type.String({ description: 'Of the instance that waits, or of the one that is started' })),
  tenantId: Maybe(Type.String()),
  withoutTenantId: Maybe(Type.Boolean()),
  processInstanceId: Maybe(Type.String()),
  correlationKeys: Maybe(VariablesDto),
  localCorrelationKeys: Maybe(VariablesDto),
  processVariables: Maybe(VariablesDto),
  processVariablesLocal: Maybe(VariablesDto),
  processVariablesToTriggeredScope: Maybe(VariablesDto),
  all: Maybe(Type.Boolean({ description: 'Whether everything that waits for the message gets it' })),
  resultEnabled: Maybe(Type.Boolean()),
  variablesInResultEnabled: Maybe(Type.Boolean()),
});
export type CorrelationMessageDto = Static<typeof CorrelationMessageDto>;

export const MessageCorrelationResultDto = Dto('MessageCorrelationResultWithVariableDto', {
  resultType: Type.Union([Type.Literal('Execution'), Type.Literal('ProcessDefinition')]),
  execution: Nullable(ExecutionDto),
  processInstance: Nullable(ProcessInstanceDto),
  variables: Type.Optional(VariablesDto),
});
export interface MessageCorrelationResultDto {
  resultType: 'Execution' | 'ProcessDefinition';
  execution: ExecutionDto | null;
  processInstance: ProcessInstanceDto | null;
  variables?: Record<string, unknown>;
}
