import { type Static, Type } from '@sinclair/typebox';
import { DateText, Dto, Nullable } from '../http/schema.js';

export const IncidentProgressDto = Dto('IncidentProgressDto', {
  id: Type.String(),
  state: Type.Union([Type.Literal('open'), Type.Literal('retryPending')], {
    description: 'retryPending: there are attempts left again, and none has succeeded yet',
  }),
  incidentType: Type.String(),
  incidentMessage: Nullable(Type.String({ description: 'Of the last failure' })),
  incidentTimestamp: DateText(),
  processInstanceId: Type.String(),
  processDefinitionId: Type.String(),
  activityId: Type.String(),
  failedActivityId: Nullable(Type.String()),
  causeIncidentId: Type.String(),
  rootCauseIncidentId: Type.String(),
  configuration: Nullable(Type.String({ description: 'The job or external task' })),
  retries: Nullable(Type.Integer({ description: 'Attempts that are left' })),
  topicName: Nullable(Type.String()),
  workerConnected: Nullable(
    Type.Boolean({ description: 'Whether a live worker may do the external task; null for everything else' }),
  ),
  explanation: Type.String(),
});
export type IncidentProgressDto = Static<typeof IncidentProgressDto>;

export const IncidentProgressParameters = Type.Object({
  processInstanceId: Type.Optional(Type.String()),
  processDefinitionId: Type.Optional(Type.String()),
  firstResult: Type.Optional(Type.Integer({ minimum: 0 })),
  maxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 1,000' })),
});
export type IncidentProgressParameters = Static<typeof IncidentProgressParameters>;
