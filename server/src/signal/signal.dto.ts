import { type Static, Type } from '@sinclair/typebox';
import { Dto, Maybe } from '../http/schema.js';
import { VariablesDto } from '../http/variable-value.js';

export const SignalDto = Dto('SignalDto', {
  name: Maybe(Type.String()),
  executionId: Maybe(Type.String({ description: 'Only this execution hears it; else everything that waits for it' })),
  variables: Maybe(VariablesDto),
  tenantId: Maybe(Type.String()),
  withoutTenantId: Maybe(Type.Boolean()),
});
export type SignalDto = Static<typeof SignalDto>;
