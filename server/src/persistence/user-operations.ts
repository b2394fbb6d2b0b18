import type { Change, UserOperationRow } from '@millrace/engine';
import type { Queryable } from './database.js';
import { newId } from './uuid-v7.js';

type Subject = Partial<
  Omit<
    UserOperationRow,
    | 'id'
    | 'operationId'
    | 'operationType'
    | 'entityType'
    | 'property'
    | 'orgValue'
    | 'newValue'
    | 'userId'
    | 'createdAt'
  >
>;

export interface ChangedProperty {
  readonly property: string;
  readonly orgValue?: string | null;
  readonly newValue?: string | null;
}

/** What a user did, in Camunda's words. */
export interface Operation extends Subject {
  readonly operationType: string;
  readonly entityType: string;
  /** What the server has decided by itself: told although there is no user. */
  readonly isAutomatic?: boolean;
  /** One row each; an operation that changes none still leaves one row. */
  readonly properties?: readonly ChangedProperty[];
}

/** What users do with their own tasks; everything else is an operator's work. */
const TASK_WORK: ReadonlySet<string> = new Set(['Task', 'IdentityLink', 'Attachment']);

let isForAll = false;

/** Whether what is done without a login is told as well; read from the configuration when the server starts. */
export function logOperationsOf(who: 'users' | 'all'): void {
  isForAll = who === 'all';
}

/** The log's rows of one operation; none without a user, as in Camunda, unless the server is told otherwise. */
export function operationRows(userId: string | null, operation: Operation, now = new Date()): UserOperationRow[] {
  const { operationType, entityType, isAutomatic = false, properties = [], ...subject } = operation;
  if (userId === null && !isForAll && !isAutomatic) return [];
  const operationId = newId();
  const changed = properties.length === 0 ? [null] : properties;
  return changed.map((each) => ({
    annotation: null,
    deploymentId: null,
    processDefinitionId: null,
    processDefinitionKey: null,
    processInstanceId: null,
    rootProcessInstanceId: null,
    executionId: null,
    taskId: null,
    externalTaskId: null,
    batchId: null,
    jobId: null,
    jobDefinitionId: null,
    tenantId: null,
    category: TASK_WORK.has(entityType) ? 'TaskWorker' : 'Operator',
    ...subject,
    id: newId(),
    operationId,
    operationType,
    entityType,
    property: each?.property ?? null,
    orgValue: each?.orgValue ?? null,
    newValue: each?.newValue ?? null,
    userId,
    createdAt: now,
  }));
}

/** The rows as part of a change set. */
export function operationChanges(userId: string | null, operation: Operation, now = new Date()): Change[] {
  return operationRows(userId, operation, now).map((row) => ({
    op: 'insert',
    table: 'userOperation',
    id: row.id,
    row,
  }));
}

/** For operations that are statements of their own: in the same transaction. */
export async function recordOperation(on: Queryable, userId: string | null, operation: Operation): Promise<void> {
  const rows = operationRows(userId, operation);
  if (rows.length === 0) return;
  // json_populate_recordset reads the table's own column names and types.
  await on.query('INSERT INTO user_operation SELECT * FROM json_populate_recordset(NULL::user_operation, $1::json)', [
    JSON.stringify(rows.map(toColumns)),
  ]);
}

function toColumns(row: UserOperationRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
