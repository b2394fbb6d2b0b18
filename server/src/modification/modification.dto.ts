import { type Static, Type } from '@sinclair/typebox';
import { HistoricProcessInstanceQuery } from '../history/historic-process-instance.dto.js';
import { bodySchema } from '../http/query-input.js';
import { Dto, Maybe, Nullable } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';
import { ProcessInstanceQuery } from '../process-instance/process-instance.dto.js';

const Text = Maybe(Type.String());
const Ids = Maybe(Type.Array(Nullable(Type.String())));
const TYPE = Text;
const SKIPS = { skipCustomListeners: Maybe(Type.Boolean()), skipIoMappings: Maybe(Type.Boolean()) };

export const InstructionDto = Dto('ProcessInstanceModificationInstructionDto', {
  type: Maybe(Type.String({ description: 'cancel, startBeforeActivity, startAfterActivity or startTransition' })),
  variables: Maybe(VariablesDto),
  activityId: Text,
  transitionId: Text,
  activityInstanceId: Text,
  transitionInstanceId: Text,
  ancestorActivityInstanceId: Text,
  cancelCurrentActiveActivityInstances: Maybe(Type.Boolean()),
});
export type InstructionDto = Static<typeof InstructionDto>;

export const InstanceModificationDto = Dto('ProcessInstanceModificationDto', {
  ...SKIPS,
  instructions: Maybe(Type.Array(InstructionDto)),
  annotation: Text,
});
export type InstanceModificationDto = Static<typeof InstanceModificationDto>;

export const ModificationDto = Dto('ModificationDto', {
  ...SKIPS,
  processDefinitionId: Text,
  processInstanceIds: Ids,
  processInstanceQuery: Maybe(bodySchema(ProcessInstanceQuery)),
  historicProcessInstanceQuery: Maybe(bodySchema(HistoricProcessInstanceQuery)),
  instructions: Maybe(
    Type.Array(
      Dto('MultipleProcessInstanceModificationInstructionDto', {
        type: TYPE,
        activityId: Text,
        transitionId: Text,
        cancelCurrentActiveActivityInstances: Maybe(Type.Boolean()),
      }),
    ),
  ),
  annotation: Text,
});
export type ModificationDto = Static<typeof ModificationDto>;

export const RestartDto = Dto('RestartProcessInstanceDto', {
  ...SKIPS,
  processInstanceIds: Ids,
  historicProcessInstanceQuery: Maybe(bodySchema(HistoricProcessInstanceQuery)),
  initialVariables: Maybe(Type.Boolean({ description: 'With those of its start instead of those of its end' })),
  withoutBusinessKey: Maybe(Type.Boolean()),
  instructions: Maybe(
    Type.Array(
      Dto('RestartProcessInstanceModificationInstructionDto', { type: TYPE, activityId: Text, transitionId: Text }),
    ),
  ),
});
export type RestartDto = Static<typeof RestartDto>;
