import { Injectable } from '@nestjs/common';
import { raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { DeploymentEntity } from '../persistence/entities/deployment.js';
import { ResourceEntity } from '../persistence/entities/resource.js';
import {
  type DeploymentDto,
  type DeploymentQuery,
  type DeploymentResourceDto,
  toDeploymentDto,
  toDeploymentResourceDto,
} from './deployment.dto.js';

@Injectable()
export class DeploymentQueries {
  private readonly deployments: ListQuery<DeploymentEntity, DeploymentQuery>;

  constructor(private readonly database: Database) {
    this.deployments = new ListQuery(database.dataSource, {
      entity: DeploymentEntity,
      alias: 'deployment',
      filters: {
        id: (id) => sql`deployment.id = ${id}`,
        name: (name) => sql`deployment.name = ${name}`,
        nameLike: (pattern) => sql`deployment.name LIKE ${pattern}`,
        source: (source) => sql`deployment.source = ${source}`,
        withoutSource: (yes) => (yes ? sql`deployment.source IS NULL` : null),
        tenantIdIn: (ids, all) =>
          all.includeDeploymentsWithoutTenantId
            ? sql`(deployment.tenantId = ANY(${ids}) OR deployment.tenantId IS NULL)`
            : sql`deployment.tenantId = ANY(${ids})`,
        withoutTenantId: (yes) => (yes ? sql`deployment.tenantId IS NULL` : null),
        includeDeploymentsWithoutTenantId: () => null,
        after: (date) => sql`deployment.deployedAt > ${date}`,
        before: (date) => sql`deployment.deployedAt < ${date}`,
      },
      sortings: {
        id: raw('deployment.id'),
        name: raw('deployment.name'),
        deploymentTime: raw('deployment.deployedAt'),
        tenantId: raw('deployment.tenantId'),
      },
    });
  }

  async list(input: QueryInput<DeploymentQuery>): Promise<DeploymentDto[]> {
    return (await this.deployments.list(input)).map(toDeploymentDto);
  }

  async count(input: QueryInput<DeploymentQuery>): Promise<{ count: number }> {
    return { count: await this.deployments.count(input) };
  }

  /** @throws RestError (404) */
  async find(id: string): Promise<DeploymentEntity> {
    const builder = this.database.dataSource.createQueryBuilder(DeploymentEntity, 'deployment');
    const found = await builder.where('deployment.id = :id', { id }).getOne();
    if (!found) throw noSuchResource(`Deployment with id '${id}' does not exist`);
    return found;
  }

  /** @throws RestError (404) */
  async resources(id: string): Promise<DeploymentResourceDto[]> {
    await this.find(id);
    const builder = this.database.dataSource.createQueryBuilder(ResourceEntity, 'resource');
    const resources = await builder
      .select(['resource.id', 'resource.name', 'resource.deploymentId'])
      .where('resource.deploymentId = :id', { id })
      .orderBy('resource.name')
      .getMany();
    return resources.map(toDeploymentResourceDto);
  }

  /** @throws RestError (404) */
  async resource(deploymentId: string, resourceId: string): Promise<ResourceEntity> {
    const builder = this.database.dataSource.createQueryBuilder(ResourceEntity, 'resource');
    const found = await builder
      .where('resource.id = :resourceId AND resource.deploymentId = :deploymentId', { resourceId, deploymentId })
      .getOne();
    if (!found) throw noSuchResource(`Deployment '${deploymentId}' has no resource with id '${resourceId}'`);
    return found;
  }

  /** Of the deployment, with their contents, in their order. */
  allResources(deploymentId: string): Promise<ResourceEntity[]> {
    const builder = this.database.dataSource.createQueryBuilder(ResourceEntity, 'resource');
    return builder
      .where('resource.deploymentId = :deploymentId', { deploymentId })
      .orderBy('resource.position')
      .getMany();
  }
}
