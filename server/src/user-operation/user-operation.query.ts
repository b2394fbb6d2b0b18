import { Injectable } from '@nestjs/common';
import { FALSE, raw, sql } from '../http/condition.js';
import { ListQuery } from '../http/list-query.js';
import type { QueryInput } from '../http/query-input.js';
import { RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { UserOperationEntity } from '../persistence/entities/user-operation.js';
import { toUserOperationDto, type UserOperationDto, type UserOperationQuery } from './user-operation.dto.js';

@Injectable()
export class UserOperations {
  private readonly entries: ListQuery<UserOperationEntity, UserOperationQuery>;

  constructor(private readonly database: Database) {
    this.entries = new ListQuery<UserOperationEntity, UserOperationQuery>(database.dataSource, {
      entity: UserOperationEntity,
      alias: 'entry',
      filters: {
        deploymentId: (id) => sql`entry.deploymentId = ${id}`,
        processDefinitionId: (id) => sql`entry.processDefinitionId = ${id}`,
        processDefinitionKey: (key) => sql`entry.processDefinitionKey = ${key}`,
        processInstanceId: (id) => sql`entry.processInstanceId = ${id}`,
        executionId: (id) => sql`entry.executionId = ${id}`,
        // There are no cases.
        caseDefinitionId: () => FALSE,
        caseInstanceId: () => FALSE,
        caseExecutionId: () => FALSE,
        taskId: (id) => sql`entry.taskId = ${id}`,
        externalTaskId: (id) => sql`entry.externalTaskId = ${id}`,
        batchId: (id) => sql`entry.batchId = ${id}`,
        jobId: (id) => sql`entry.jobId = ${id}`,
        jobDefinitionId: (id) => sql`entry.jobDefinitionId = ${id}`,
        userId: (id) => sql`entry.userId = ${id}`,
        operationId: (id) => sql`entry.operationId = ${id}`,
        operationType: (type) => sql`entry.operationType = ${type}`,
        entityType: (type) => sql`entry.entityType = ${type}`,
        entityTypeIn: (types) => sql`entry.entityType = ANY(${types})`,
        category: (category) => sql`entry.category = ${category}`,
        categoryIn: (categories) => sql`entry.category = ANY(${categories})`,
        property: (property) => sql`entry.property = ${property}`,
        afterTimestamp: (at) => sql`entry.createdAt > ${at}`,
        beforeTimestamp: (at) => sql`entry.createdAt < ${at}`,
      },
      sortings: { timestamp: raw('entry.createdAt') },
    });
  }

  async list(input: QueryInput<UserOperationQuery>): Promise<UserOperationDto[]> {
    return (await this.entries.list(input)).map(toUserOperationDto);
  }

  async count(input: QueryInput<UserOperationQuery>): Promise<{ count: number }> {
    return { count: await this.entries.count(input) };
  }

  /** Of all rows of the operation. @throws RestError (400) */
  async annotate(operationId: string, annotation: string | null): Promise<void> {
    const rows = await this.database.query(
      'UPDATE user_operation SET annotation = $2 WHERE operation_id = $1 RETURNING id',
      [operationId, annotation],
    );
    if (rows.length === 0)
      throw new RestError(400, 'BadUserRequestException', `There is no operation with id '${operationId}'`, 0);
  }
}
