import { type Static, Type } from '@sinclair/typebox';
import { DecisionDefinitionDto, toDecisionDefinitionDto } from '../decision-definition/decision-definition.dto.js';
import { formatDate } from '../http/date.js';
import { boolean, date, text, texts } from '../http/filters.js';
import { defineQuery } from '../http/query-input.js';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';
import type { DeploymentEntity } from '../persistence/entities/deployment.js';
import type { ResourceEntity } from '../persistence/entities/resource.js';
import { ProcessDefinitionDto, toProcessDefinitionDto } from '../process-definition/process-definition.dto.js';
import { LinkDto } from '../process-instance/process-instance.dto.js';
import type { DeployedResult } from './deployment.service.js';
import { POLICIES } from './deployment-policy.js';

const DEPLOYMENT = {
  links: Type.Array(LinkDto),
  id: Type.String(),
  name: Nullable(Type.String()),
  source: Nullable(Type.String({ description: 'What deployed it: `process application`, a modeler …' })),
  deploymentTime: DateText(),
  tenantId: Nullable(Type.String()),
};

export const DeploymentDto = Dto('DeploymentDto', DEPLOYMENT);
export type DeploymentDto = Static<typeof DeploymentDto>;

export function toDeploymentDto(deployment: DeploymentEntity): DeploymentDto {
  return {
    links: [],
    id: deployment.id,
    name: deployment.name,
    source: deployment.source,
    deploymentTime: formatDate(deployment.deployedAt),
    tenantId: deployment.tenantId,
  };
}

const WarningDto = Type.Object({
  resource: Type.String(),
  message: Type.String(),
  elementId: Nullable(Type.String()),
  line: Nullable(Type.Integer()),
});

const IntroductionDto = Type.Object({
  processDefinitionId: Type.String(),
  key: Type.String(),
  state: Type.Union([Type.Literal('active'), Type.Literal('canary')], {
    description: 'What the new version is: a canary only where there was an active version before it',
  }),
  draining: Type.Array(
    Type.Object({
      processDefinitionId: Type.String(),
      instances: Nullable(Type.Integer({ description: 'That the migration looks at' })),
      migrationBatchId: Nullable(
        Type.String({
          description: 'The batch that migrates those for which the dry run is clean, and skips the others',
        }),
      ),
    }),
    { description: 'The older versions that take no new instances any more' },
  ),
});

/** What was deployed, by definition id; null where there is nothing new. */
export const DeployedDto = Dto('DeploymentWithDefinitionsDto', {
  ...DEPLOYMENT,
  deployedProcessDefinitions: Nullable(Type.Record(Type.String(), ProcessDefinitionDto)),
  deployedCaseDefinitions: Type.Null(),
  deployedDecisionDefinitions: Nullable(Type.Record(Type.String(), DecisionDefinitionDto)),
  deployedDecisionRequirementsDefinitions: Type.Null(),
  introductions: Type.Optional(
    Type.Array(IntroductionDto, { description: 'What the deployment policy did; not there with the policy manual' }),
  ),
  topics: Type.Optional(Type.Array(Type.String(), { description: 'The topics that the processes need workers for' })),
  warnings: Type.Optional(Type.Array(WarningDto, { description: 'What is executed, but may not be what was meant' })),
});
export type DeployedDto = Static<typeof DeployedDto>;

export function toDeployedDto({ deployment, ...created }: DeployedResult, baseUrl: string): DeployedDto {
  return {
    ...toDeploymentDto(deployment),
    links: [{ method: 'GET', href: `${baseUrl}/deployment/${deployment.id}`, rel: 'self' }],
    deployedProcessDefinitions: byId(created.processDefinitions.map(toProcessDefinitionDto)),
    deployedCaseDefinitions: null,
    deployedDecisionDefinitions: byId(created.decisionDefinitions.map(toDecisionDefinitionDto)),
    deployedDecisionRequirementsDefinitions: null,
    ...(created.policy !== 'manual' && {
      introductions: created.introductions.map(({ draining, ...each }) => ({ ...each, draining: [...draining] })),
    }),
    ...(created.topics.length > 0 && { topics: [...created.topics] }),
    ...(created.warnings.length > 0 && { warnings: created.warnings.map(toWarning) }),
  };
}

function toWarning({ resourceName, message, elementId, line }: DeployedResult['warnings'][number]) {
  return { resource: resourceName, message, elementId: elementId ?? null, line: line ?? null };
}

function byId<T extends { readonly id: string }>(definitions: readonly T[]): Record<string, T> | null {
  return definitions.length === 0 ? null : Object.fromEntries(definitions.map((each) => [each.id, each]));
}

export const DeploymentQuery = defineQuery({
  name: 'DeploymentQueryDto',
  filters: {
    id: text,
    name: text,
    nameLike: text,
    source: text,
    withoutSource: boolean,
    tenantIdIn: texts,
    withoutTenantId: boolean,
    includeDeploymentsWithoutTenantId: boolean,
    after: date,
    before: date,
  },
  sortBy: ['id', 'name', 'deploymentTime', 'tenantId'],
});
export type DeploymentQuery = typeof DeploymentQuery;

export const DeploymentResourceDto = Dto('DeploymentResourceDto', {
  id: Type.String(),
  name: Type.String(),
  deploymentId: Type.String(),
});
export type DeploymentResourceDto = Static<typeof DeploymentResourceDto>;

export function toDeploymentResourceDto(
  resource: Pick<ResourceEntity, 'id' | 'name' | 'deploymentId'>,
): DeploymentResourceDto {
  return { id: resource.id, name: resource.name, deploymentId: resource.deploymentId };
}

export const RedeploymentDto = Dto('RedeploymentDto', {
  resourceIds: Maybe(Type.Array(Type.String())),
  resourceNames: Maybe(Type.Array(Type.String())),
  source: Maybe(Type.String()),
});
export type RedeploymentDto = Static<typeof RedeploymentDto>;

export const DeploymentForm = Type.Object(
  {
    'deployment-name': Type.Optional(Type.String()),
    'deployment-source': Type.Optional(Type.String()),
    'enable-duplicate-filtering': Type.Optional(Type.Boolean({ description: 'Deploy nothing when nothing changed' })),
    'deploy-changed-only': Type.Optional(Type.Boolean({ description: 'Deploy only the resources that changed' })),
    'unresolved-calls': Type.Optional(
      Type.Union([Type.Literal('late'), Type.Literal('error')], {
        description:
          'Whether what is called may be deployed later (a warning) or must be there; UNRESOLVED_CALLS by default',
      }),
    ),
    'deployment-policy': Type.Optional(
      Type.Union(
        POLICIES.map((kind) => Type.Literal(kind)),
        {
          default: 'manual',
          description:
            'What becomes of instances: manual (running ones stay, new ones start at the new version), drain (older versions take no new ones), auto-compatible (and running ones that fit are migrated in a batch), canary (a share of the starts goes to the new version)',
        },
      ),
    ),
    'canary-percent': Type.Optional(
      Type.Integer({ minimum: 1, maximum: 99, description: 'The share of the starts by key; needed for a canary' }),
    ),
    'canary-max-incidents': Type.Optional(
      Type.Integer({ minimum: 0, default: 0, description: 'Incidents after which one more stops the canary' }),
    ),
    'canary-max-incident-percent': Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100,
        description: 'It is stopped only if also a greater share of its instances than this has had incidents',
      }),
    ),
    'canary-promote-after': Type.Optional(
      Type.String({
        description: 'Promote it by itself after so many instances that ended well (`50`), or a duration (`PT4H`)',
      }),
    ),
    'tenant-id': Type.Optional(Type.String()),
    'worker-versions': Type.Optional(
      Type.String({ description: 'JSON: version ranges of workers by topic, `{"credit-check": ">=2 <3"}`' }),
    ),
    data: Type.String({ format: 'binary', description: 'A file; any number of them, under any field names' }),
  },
  { $id: 'MultiFormDeploymentDto' },
);
