import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { CanaryReport } from './canaries.service.js';

export const CanaryDto = Dto('CanaryDto', {
  processDefinitionId: Type.String(),
  key: Type.String(),
  version: Type.Integer(),
  tenantId: Nullable(Type.String()),
  deploymentId: Type.String(),
  state: Type.Union(
    [Type.Literal('open'), Type.Literal('promoted'), Type.Literal('stopped'), Type.Literal('superseded')],
    { description: 'superseded: a newer version was deployed while it was open' },
  ),
  reason: Nullable(Type.String({ description: 'Why it has ended' })),
  startedAt: DateText(),
  endedAt: Nullable(DateText()),
  latestDefinitionId: Type.String({
    description: 'The version that a start by key means, but for the share of a canary',
  }),
  percent: Type.Integer(),
  maxIncidents: Type.Integer(),
  maxIncidentPercent: Nullable(Type.Integer()),
  promoteAfterInstances: Nullable(Type.Integer()),
  promoteAt: Nullable(DateText()),
  started: Type.Integer({ description: 'Instances' }),
  endedWell: Type.Integer({ description: 'Instances that were completed and never had an incident' }),
  incidents: Type.Integer({ description: 'All that there were, also resolved ones' }),
  instancesWithIncidents: Type.Integer(),
  failedStarts: Type.Integer({
    description: 'Starts that failed at once; the latest version has taken them. They count as incidents',
  }),
});
export type CanaryDto = Static<typeof CanaryDto>;

export const CanaryEndDto = Dto('CanaryEndDto', {
  reason: Maybe(Type.String({ description: 'Kept in the user operation log' })),
});
export type CanaryEndDto = Static<typeof CanaryEndDto>;

export const CanaryParameters = Type.Object({
  key: Type.Optional(Type.String({ description: 'Only of this process' })),
  open: Type.Optional(Type.Boolean({ description: 'Only those that are open, or only those that have ended' })),
});
export type CanaryParameters = Static<typeof CanaryParameters>;

export function toCanaryDto({ outcome, startedAt, endedAt, promoteAt, ...report }: CanaryReport): CanaryDto {
  return {
    ...report,
    state: outcome ?? 'open',
    startedAt: formatDate(startedAt),
    endedAt: endedAt && formatDate(endedAt),
    promoteAt: promoteAt && formatDate(promoteAt),
  };
}
