import { Injectable } from '@nestjs/common';
import { stateRank } from '../deployment/definition-lookup.js';
import { type Condition, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import type { DefinitionReference } from './definition-reference.js';
import {
  type ProcessDefinitionDto,
  type ProcessDefinitionQuery,
  toProcessDefinitionDto,
} from './process-definition.dto.js';

// The version that is started by its key: the newest active one, else the newest of those that aren't.
const LATEST = sql`NOT EXISTS (SELECT 1 FROM process_definition newer WHERE newer.key = definition.key
  AND newer.tenant_id IS NOT DISTINCT FROM definition.tenantId AND
  (-${raw(stateRank('newer.state'))}, newer.version) > (-${raw(stateRank('definition.state'))}, definition.version))`;

type Filters = QueryInput<ProcessDefinitionQuery>['filters'];
const NOT_ARCHIVED = raw("definition.state <> 'archived'");

/** Archived versions are shown to those who ask for them, or for a version by its id. */
function withArchived({ includeArchived, processDefinitionId, processDefinitionIdIn }: Filters): boolean {
  return includeArchived === true || processDefinitionId !== undefined || processDefinitionIdIn !== undefined;
}

@Injectable()
export class ProcessDefinitionQueries {
  private readonly definitions: ListQuery<ProcessDefinitionEntity, ProcessDefinitionQuery>;

  constructor(private readonly database: Database) {
    this.definitions = new ListQuery(database.dataSource, {
      entity: ProcessDefinitionEntity,
      alias: 'definition',
      always: ({ filters }) => (withArchived(filters) ? null : NOT_ARCHIVED),
      filters: {
        processDefinitionId: (id) => sql`definition.id = ${id}`,
        processDefinitionIdIn: (ids) => sql`definition.id = ANY(${ids})`,
        name: (name) => sql`definition.name = ${name}`,
        nameLike: (pattern) => sql`definition.name LIKE ${pattern}`,
        deploymentId: (id) => sql`definition.deploymentId = ${id}`,
        deployedAfter: (date) => deployed(sql`d.deployed_at > ${date}`),
        deployedAt: (date) => deployed(sql`d.deployed_at = ${date}`),
        key: (key) => sql`definition.key = ${key}`,
        keysIn: (keys) => sql`definition.key = ANY(${keys})`,
        keyLike: (pattern) => sql`definition.key LIKE ${pattern}`,
        category: (category) => sql`definition.category = ${category}`,
        categoryLike: (pattern) => sql`definition.category LIKE ${pattern}`,
        version: (version) => sql`definition.version = ${version}`,
        latestVersion: (yes) => (yes ? LATEST : null),
        latest: (yes) => (yes ? LATEST : null),
        resourceName: (name) => sql`definition.resourceName = ${name}`,
        resourceNameLike: (pattern) => sql`definition.resourceName LIKE ${pattern}`,
        // Only definitions that name candidate starters can be asked for by them, and no definition does.
        startableBy: () => raw('FALSE'),
        active: (yes) => (yes ? sql`NOT definition.suspended` : null),
        suspended: (yes) => (yes ? sql`definition.suspended` : null),
        incidentId: (id) => incident(sql`i.id = ${id}`),
        incidentType: (type) => incident(sql`i.type = ${type}`),
        incidentMessage: (message) => incident(sql`i.message = ${message}`),
        incidentMessageLike: (pattern) => incident(sql`i.message LIKE ${pattern}`),
        tenantIdIn: (ids, all) =>
          all.includeProcessDefinitionsWithoutTenantId
            ? sql`(definition.tenantId = ANY(${ids}) OR definition.tenantId IS NULL)`
            : sql`definition.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? sql`definition.tenantId IS NULL` : null),
        includeProcessDefinitionsWithoutTenantId: () => null,
        versionTag: (tag) => sql`definition.versionTag = ${tag}`,
        versionTagLike: (pattern) => sql`definition.versionTag LIKE ${pattern}`,
        withoutVersionTag: (yes) => (yes ? sql`definition.versionTag IS NULL` : null),
        startableInTasklist: (yes) => (yes ? sql`definition.startableInTasklist` : null),
        notStartableInTasklist: (yes) => (yes ? sql`NOT definition.startableInTasklist` : null),
        // Whoever may see a definition may start it.
        startablePermissionCheck: () => null,
        includeArchived: () => null,
      },
      sortings: {
        category: raw('definition.category'),
        key: raw('definition.key'),
        id: raw('definition.id'),
        name: raw('definition.name'),
        version: raw('definition.version'),
        deploymentId: raw('definition.deploymentId'),
        deployTime: raw('(SELECT d.deployed_at FROM deployment d WHERE d.id = definition.deploymentId)'),
        tenantId: raw('definition.tenantId'),
        versionTag: raw('definition.versionTag'),
      },
    });
  }

  async list(input: QueryInput<ProcessDefinitionQuery>): Promise<ProcessDefinitionDto[]> {
    return (await this.definitions.list(input)).map(toProcessDefinitionDto);
  }

  async count(input: QueryInput<ProcessDefinitionQuery>): Promise<{ count: number }> {
    return { count: await this.definitions.count(input) };
  }

  /**
   * The definition with the id, or the latest version of the key: the newest active one, else the newest at all.
   * @param unknownId how an unknown id is answered: Camunda has several ways
   * @throws RestError (404, or as `unknownId` says)
   */
  async find(
    reference: DefinitionReference,
    unknownId: { status: number; type: string } = { status: 404, type: 'InvalidRequestException' },
  ): Promise<ProcessDefinitionEntity> {
    const builder = this.database.dataSource.createQueryBuilder(ProcessDefinitionEntity, 'definition');
    if ('id' in reference) {
      const found = await builder.where('definition.id = :id', reference).getOne();
      if (found) return found;
      throw new RestError(unknownId.status, unknownId.type, `No matching definition with id ${reference.id}`, 0);
    }
    const { key, tenantId } = reference;
    builder.where('definition.key = :key', { key });
    if (tenantId === null) builder.andWhere('definition.tenantId IS NULL');
    else builder.andWhere('definition.tenantId = :tenantId', { tenantId });
    const found = await builder
      .orderBy(stateRank('definition.state'))
      .addOrderBy('definition.version', 'DESC')
      .limit(1)
      .getOne();
    if (found) return found;
    const tenant = tenantId === null ? 'no tenant-id' : `tenant-id: ${tenantId}`;
    throw new RestError(404, 'RestException', `No matching process definition with key: ${key} and ${tenant}`);
  }

  /** All versions of a key, the newest first. */
  versions(key: string, tenantId: string | null): Promise<ProcessDefinitionEntity[]> {
    const builder = this.database.dataSource.createQueryBuilder(ProcessDefinitionEntity, 'definition');
    builder.where('definition.key = :key', { key });
    if (tenantId === null) builder.andWhere('definition.tenantId IS NULL');
    else builder.andWhere('definition.tenantId = :tenantId', { tenantId });
    return builder.orderBy('definition.version', 'DESC').getMany();
  }

  /** A resource of the definition's deployment by its name; null when it has none. */
  async resource(deploymentId: string, name: string): Promise<Buffer | null> {
    const [row] = await this.database.query<{ bytes: Uint8Array }>(
      'SELECT bytes FROM resource WHERE deployment_id = $1 AND name = $2',
      [deploymentId, name],
    );
    return row ? Buffer.from(row.bytes) : null;
  }
}

function deployed(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM deployment d WHERE d.id = definition.deploymentId AND ${condition})`;
}

function incident(condition: Condition): Condition {
  return sql`EXISTS (SELECT 1 FROM incident i WHERE i.process_definition_id = definition.id AND ${condition})`;
}
