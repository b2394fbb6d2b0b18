import { type Static, Type } from '@sinclair/typebox';
import { Dto, Nullable } from '../../http/schema.js';
import type { DeploymentPlan } from './plan.js';

const Outcome = Type.Union([
  Type.Literal('moves'),
  Type.Literal('needs-mapping'),
  Type.Literal('stays'),
  Type.Literal('breaks'),
]);
const OUTCOMES = {
  moves: Type.Integer(),
  'needs-mapping': Type.Integer(),
  stays: Type.Integer(),
  breaks: Type.Integer(),
};
const Tag = Nullable(Type.String());

export const DeploymentPlanDto = Dto('DeploymentPlanDto', {
  verdict: Type.Union([Type.Literal('clean'), Type.Literal('attention'), Type.Literal('broken')]),
  counts: Type.Object({
    problems: Type.Object({ broken: Type.Integer(), attention: Type.Integer(), info: Type.Integer() }),
    resources: Type.Object({
      new: Type.Integer(),
      changed: Type.Integer(),
      unchanged: Type.Integer(),
      reused: Type.Integer(),
    }),
    definitions: Type.Integer(),
    instances: Type.Object({ total: Type.Integer(), ...OUTCOMES }),
  }),
  resources: Type.Array(
    Type.Object({
      name: Type.String(),
      change: Type.Union([Type.Literal('new'), Type.Literal('changed'), Type.Literal('unchanged')]),
      action: Type.Union([Type.Literal('deploy'), Type.Literal('reuse')]),
      reason: Type.String(),
      comparedWith: Nullable(Type.String({ description: 'The deployment that brought the file last' })),
    }),
  ),
  definitions: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('process'), Type.Literal('decision')]),
      key: Type.String(),
      version: Type.Integer(),
      versionTag: Tag,
      resource: Type.String(),
      replaces: Nullable(Type.String({ description: 'The newest version now' })),
    }),
  ),
  versions: Type.Array(
    Type.Object({
      processDefinitionId: Type.String(),
      key: Type.String(),
      version: Type.Integer(),
      versionTag: Tag,
      instances: Type.Integer(),
      outcomes: Type.Object(OUTCOMES),
      elements: Type.Array(
        Type.Object({
          elementId: Type.String(),
          elementName: Nullable(Type.String()),
          instances: Type.Integer(),
          outcomes: Type.Object(OUTCOMES),
          reasons: Type.Array(Type.String()),
        }),
      ),
      groups: Type.Array(
        Type.Object({
          activeElementIds: Type.Array(Type.String()),
          instances: Type.Integer(),
          outcome: Outcome,
          reasons: Type.Array(Type.Object({ elementId: Nullable(Type.String()), message: Type.String() })),
          sampleProcessInstanceId: Type.String(),
        }),
        { description: 'Instances in the same state; one of each was tried' },
      ),
    }),
  ),
  problems: Type.Array(
    Type.Object({
      level: Type.Union([Type.Literal('broken'), Type.Literal('attention'), Type.Literal('info')]),
      kind: Type.String({ description: 'model, call, instance, policy, topic, worker, event or variable' }),
      resource: Type.String(),
      definitionKey: Nullable(Type.String()),
      elementId: Nullable(Type.String()),
      line: Nullable(Type.Integer()),
      message: Type.String(),
    }),
  ),
});
export type DeploymentPlanDto = Static<typeof DeploymentPlanDto>;

export const PlanParameters = Type.Object({
  failOn: Type.Optional(
    Type.Union([Type.Literal('broken'), Type.Literal('attention')], {
      description: 'Answer 422 where the verdict is this or worse',
    }),
  ),
});
export type PlanParameters = Static<typeof PlanParameters>;

export function toDeploymentPlanDto({ definitions, versions, ...plan }: DeploymentPlan): DeploymentPlanDto {
  return {
    verdict: plan.verdict,
    counts: plan.counts,
    resources: plan.resources.map((each) => ({ ...each })),
    definitions: definitions.map(({ id: _, ...definition }) => definition),
    versions: versions.map(({ elements, groups, ...version }) => ({
      ...version,
      elements: elements.map((each) => ({ ...each, reasons: [...each.reasons] })),
      groups: groups.map(({ sampleId, activeElementIds, reasons, ...group }) => ({
        ...group,
        activeElementIds: [...activeElementIds],
        reasons: reasons.map((reason) => ({ ...reason })),
        sampleProcessInstanceId: sampleId,
      })),
    })),
    problems: plan.problems.map((each) => ({ ...each })),
  };
}
