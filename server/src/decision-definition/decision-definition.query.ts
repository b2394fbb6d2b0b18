import { Injectable } from '@nestjs/common';
import { type Condition, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { DecisionDefinitionEntity } from '../persistence/entities/decision-definition.js';
import type { DefinitionReference } from '../process-definition/definition-reference.js';
import {
  type DecisionDefinitionDto,
  type DecisionDefinitionQuery,
  toDecisionDefinitionDto,
} from './decision-definition.dto.js';

const LATEST = sql`NOT EXISTS (SELECT 1 FROM decision_definition newer WHERE newer.key = decision.key
  AND newer.tenant_id IS NOT DISTINCT FROM decision.tenantId AND newer.version > decision.version)`;

@Injectable()
export class DecisionDefinitionQueries {
  private readonly decisions: ListQuery<DecisionDefinitionEntity, DecisionDefinitionQuery>;

  constructor(private readonly database: Database) {
    this.decisions = new ListQuery(database.dataSource, {
      entity: DecisionDefinitionEntity,
      alias: 'decision',
      filters: {
        decisionDefinitionId: (id) => sql`decision.id = ${id}`,
        decisionDefinitionIdIn: (ids) => sql`decision.id = ANY(${ids})`,
        name: (name) => sql`decision.name = ${name}`,
        nameLike: (pattern) => sql`decision.name LIKE ${pattern}`,
        deploymentId: (id) => sql`decision.deploymentId = ${id}`,
        deployedAfter: (date) => deployed(sql`d.deployed_at > ${date}`),
        deployedAt: (date) => deployed(sql`d.deployed_at = ${date}`),
        key: (key) => sql`decision.key = ${key}`,
        keyLike: (pattern) => sql`decision.key LIKE ${pattern}`,
        category: (category) => sql`decision.category = ${category}`,
        categoryLike: (pattern) => sql`decision.category LIKE ${pattern}`,
        version: (version) => sql`decision.version = ${version}`,
        latestVersion: (yes) => (yes ? LATEST : null),
        resourceName: (name) => sql`decision.resourceName = ${name}`,
        resourceNameLike: (pattern) => sql`decision.resourceName LIKE ${pattern}`,
        decisionRequirementsDefinitionId: (id) => sql`decision.decisionRequirementsDefinitionId = ${id}`,
        decisionRequirementsDefinitionKey: (key) => sql`decision.decisionRequirementsDefinitionKey = ${key}`,
        withoutDecisionRequirementsDefinition: (yes) =>
          yes ? sql`decision.decisionRequirementsDefinitionId IS NULL` : null,
        tenantIdIn: (ids, all) =>
          all.includeDecisionDefinitionsWithoutTenantId
            ? sql`(decision.tenantId = ANY(${ids}) OR decision.tenantId IS NULL)`
            : sql`decision.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? sql`decision.tenantId IS NULL` : null),
        includeDecisionDefinitionsWithoutTenantId: () => null,
        versionTag: (tag) => sql`decision.versionTag = ${tag}`,
        versionTagLike: (pattern) => sql`decision.versionTag LIKE ${pattern}`,
      },
      sortings: {
        category: raw('decision.category'),
        decisionRequirementsDefinitionKey: raw('decision.decisionRequirementsDefinitionKey'),
        key: raw('decision.key'),
        id: raw('decision.id'),
        name: raw('decision.name'),
        version: raw('decision.version'),
        deploymentId: raw('decision.deploymentId'),
        deployTime: raw('(SELECT d.deployed_at FROM deployment d WHERE d.id = decision.deploymentId)'),
        versionTag: raw('decision.versionTag'),
        tenantId: raw('decision.tenantId'),
      },
    });
  }

  async list(input: QueryInput<DecisionDefinitionQuery>): Promise<DecisionDefinitionDto[]> {
    return (await this.decisions.list(input)).map(toDecisionDefinitionDto);
  }

  async count(input: QueryInput<DecisionDefinitionQuery>): Promise<{ count: number }> {
    return { count: await this.decisions.count(input) };
  }

  /** The definition with the id, or the latest version of the key. @throws RestError (404) */
  async find(reference: DefinitionReference): Promise<DecisionDefinitionEntity> {
    const builder = this.database.dataSource.createQueryBuilder(DecisionDefinitionEntity, 'decision');
    if ('id' in reference) {
      const found = await builder.where('decision.id = :id', reference).getOne();
      if (found) return found;
      throw new RestError(404, 'InvalidRequestException', `No matching decision definition with id ${reference.id}`, 0);
    }
    const { key, tenantId } = reference;
    builder.where('decision.key = :key', { key });
    if (tenantId === null) builder.andWhere('decision.tenantId IS NULL');
    else builder.andWhere('decision.tenantId = :tenantId', { tenantId });
    const found = await builder.orderBy('decision.version', 'DESC').limit(1).getOne();
    if (found) return found;
    const tenant = tenantId === null ? 'no tenant-id' : `tenant-id: ${tenantId}`;
    throw new RestError(404, 'RestException', `No matching decision definition with key: ${key} and ${tenant}`);
  }

  async resource({ deploymentId, resourceName }: DecisionDefinitionEntity): Promise<Buffer | null> {
    const [row] = await this.database.query<{ bytes: Uint8Array }>(
      'SELECT bytes FROM resource WHERE deployment_id = $1 AND name = $2',
      [deploymentId, resourceName],
    );
    return row ? Buffer.from(row.bytes) : null;
  }
}

function deployed(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM deployment d WHERE d.id = decision.deploymentId AND ${condition})`;
}
