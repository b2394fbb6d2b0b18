import { type Static, Type } from '@sinclair/typebox';
import { formatDate } from '../http/date.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { CallEdge } from './call-edges.query.js';
import type { ReleaseGraph } from './release.query.js';
import type { VersionReport } from './version-states.service.js';

const Kind = Type.Union([Type.Literal('process'), Type.Literal('decision'), Type.Literal('form')]);
const SETTABLE = [Type.Literal('active'), Type.Literal('draining'), Type.Literal('archived')] as const;
const State = Type.Union([...SETTABLE, Type.Literal('canary')]);

const CallerDto = {
  callerDefinitionId: Type.String(),
  callerKey: Type.String(),
  callerVersion: Type.Integer(),
  callerDeploymentId: Type.String(),
  elementId: Type.String(),
};

export const CallEdgeDto = Dto('CallEdgeDto', {
  ...CallerDto,
  kind: Kind,
  key: Nullable(Type.String({ description: 'What is called; null where an expression computes it' })),
  binding: Type.String({
    description:
      'pinned (fixed at deployment or by a rebind), late (nothing was there to pin it to), or as the model says: latest, deployment, version, versionTag, computed',
  }),
  targetId: Nullable(Type.String({ description: 'What would be called now' })),
  reason: Nullable(Type.String({ description: 'Why there is no target' })),
});
export type CallEdgeDto = Static<typeof CallEdgeDto>;

export const ReleaseGraphDto = Dto('ReleaseGraphDto', {
  deploymentId: Type.String(),
  nodes: Type.Array(
    Dto('ReleaseNodeDto', {
      id: Type.String(),
      kind: Kind,
      key: Type.String(),
      version: Type.Integer(),
      versionTag: Nullable(Type.String()),
      deploymentId: Type.String(),
      state: Nullable(State),
    }),
  ),
  edges: Type.Array(CallEdgeDto),
});
export type ReleaseGraphDto = Static<typeof ReleaseGraphDto>;

export const RebindDto = Dto('RebindDto', {
  processDefinitionId: Type.String({ description: 'The caller, of this release' }),
  elementId: Type.String({ description: 'Its call activity or decision task' }),
  targetDefinitionId: Type.String({ description: 'The version to call from now on' }),
  reason: Maybe(Type.String({ description: 'Kept in the user operation log' })),
});
export type RebindDto = Static<typeof RebindDto>;

export const VersionReportDto = Dto('VersionReportDto', {
  id: Type.String(),
  key: Type.String(),
  version: Type.Integer(),
  versionTag: Nullable(Type.String()),
  tenantId: Nullable(Type.String()),
  deploymentId: Type.String(),
  state: Type.Union([State, Type.Literal('drained')], {
    description: 'drained: draining, without instances, and nobody is left who could call it',
  }),
  since: Nullable(DateText({ description: 'When it was given that state' })),
  instances: Type.Integer(),
  callers: Type.Array(
    Type.Object({
      definitionId: Type.String(),
      key: Type.String(),
      version: Type.Integer(),
      elementId: Type.String(),
      state: State,
      instances: Type.Integer(),
    }),
    { description: 'Of a draining version: those that may still call it' },
  ),
});
export type VersionReportDto = Static<typeof VersionReportDto>;

export const VersionStateDto = Dto('VersionStateDto', { state: Type.Union([...SETTABLE]) });
export type VersionStateDto = Static<typeof VersionStateDto>;

export const VersionParameters = Type.Object({
  key: Type.Optional(Type.String({ description: 'Only versions of this process' })),
});
export type VersionParameters = Static<typeof VersionParameters>;

export const RetentionParameters = Type.Object({
  olderThanDays: Type.Optional(Type.Integer({ minimum: 0, description: 'ARCHIVE_DRAINED_AFTER_DAYS when not given' })),
});
export type RetentionParameters = Static<typeof RetentionParameters>;

export const RetentionDto = Dto('RetentionDto', { olderThanDays: Maybe(Type.Integer({ minimum: 0 })) });
export type RetentionDto = Static<typeof RetentionDto>;

export function toCallEdgeDto({ callerId, callerState: _, ...edge }: CallEdge): CallEdgeDto {
  return { callerDefinitionId: callerId, ...edge };
}

export function toReleaseGraphDto({ deploymentId, nodes, edges }: ReleaseGraph): ReleaseGraphDto {
  return { deploymentId, nodes: nodes.map((node) => ({ ...node })), edges: edges.map(toCallEdgeDto) };
}

export function toVersionReportDto({ since, callers, ...report }: VersionReport): VersionReportDto {
  return { ...report, since: since && formatDate(since), callers: callers.map((caller) => ({ ...caller })) };
}
