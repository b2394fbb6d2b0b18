import type { EventType, JobType } from './state.js';
import type { VariableType } from './typed-value.js';

/** The change set of one command on one instance: plain data, ready to be stored, kept in maps or thrown away. */
export type Change = {
  readonly [T in TableName]:
    | { readonly op: 'insert'; readonly table: T; readonly id: string; readonly row: Tables[T] }
    /** Only the named columns change. */
    | { readonly op: 'update'; readonly table: T; readonly id: string; readonly set: Partial<Tables[T]> }
    | { readonly op: 'delete'; readonly table: T; readonly id: string };
}[TableName];

export type TableName = keyof Tables;

/** The rows that the engine writes beside the process instance's own row, by table. All ids are text. */
export interface Tables {
  variable: VariableRow;
  userTask: UserTaskRow;
  identityLink: IdentityLinkRow;
  externalTask: ExternalTaskRow;
  job: JobRow;
  eventSubscription: EventSubscriptionRow;
  incident: IncidentRow;
  historicProcessInstance: HistoricProcessInstanceRow;
  historicActivityInstance: HistoricActivityInstanceRow;
  historicVariable: HistoricVariableRow;
  historicTask: HistoricTaskRow;
  historicIncident: HistoricIncidentRow;
  jobLog: JobLogRow;
  externalTaskLog: ExternalTaskLogRow;
  /** Written by whoever gives the command, in the same transaction. */
  batchItem: BatchItemRow;
  userOperation: UserOperationRow;
}

/** What every row of a running or past instance carries. */
interface OfInstance {
  readonly id: string;
  readonly rootProcessInstanceId: string;
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly tenantId: string | null;
}

/**
 * A variable's value in columns that can be compared: text for strings, dates (ISO 8601), bytes (base64) and serialized
 * values; a number for numbers, booleans (0 or 1) and dates (milliseconds since the epoch).
 */
export interface ValueColumns {
  readonly type: VariableType;
  readonly textValue: string | null;
  readonly numberValue: number | null;
  readonly valueInfo: Readonly<Record<string, string | boolean>> | null;
}

/** Rows of this kind are the most: what their instance's row says already isn't repeated. */
export interface VariableRow extends ValueColumns {
  readonly id: string;
  readonly processInstanceId: string;
  readonly tenantId: string | null;
  readonly name: string;
  /** The activity instance whose scope holds it; the process instance's id for its own. */
  readonly activityInstanceId: string;
  /** For local variables of a task. */
  readonly taskId: string | null;
}

export interface UserTaskRow extends OfInstance {
  readonly elementId: string;
  /** Also the execution id. */
  readonly activityInstanceId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly priority: number;
  readonly dueDate: Date | null;
  readonly followUpDate: Date | null;
  readonly delegationState: 'PENDING' | 'RESOLVED' | null;
  readonly formKey: string | null;
  readonly formRef: string | null;
  readonly formRefBinding: string | null;
  readonly formRefVersion: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  readonly suspended: boolean;
}

export interface IdentityLinkRow {
  readonly id: string;
  readonly rootProcessInstanceId: string;
  readonly processInstanceId: string;
  readonly taskId: string;
  readonly type: string;
  readonly userId: string | null;
  readonly groupId: string | null;
}

export interface ExternalTaskRow extends OfInstance {
  readonly elementId: string;
  readonly activityInstanceId: string;
  readonly topicName: string;
  readonly businessKey: string | null;
  readonly priority: number;
  /** Null until a first failure set it. */
  readonly retries: number | null;
  readonly errorMessage: string | null;
  readonly errorDetails: string | null;
  readonly suspended: boolean;
  readonly createdAt: Date;
  /** Written by the server's fetch; the engine sets them only to release a task or to delay it after a failure. */
  readonly workerId: string | null;
  readonly lockExpiresAt: Date | null;
  readonly extensionProperties: Readonly<Record<string, string>> | null;
}

export interface JobRow {
  readonly id: string;
  readonly rootProcessInstanceId: string | null;
  /** Null for the timer of a start event. */
  readonly processInstanceId: string | null;
  readonly activityInstanceId: string | null;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly tenantId: string | null;
  readonly type: JobType;
  readonly elementId: string;
  /** As the job definition has it: `async-before`, `DURATION: PT5M` … */
  readonly configuration: string;
  readonly dueDate: Date | null;
  readonly repeat: string | null;
  readonly retries: number;
  readonly priority: number;
  readonly exclusive: boolean;
  readonly suspended: boolean;
  readonly createdAt: Date;
  readonly failedElementId: string | null;
  readonly exceptionMessage: string | null;
  readonly exceptionStacktrace: string | null;
  /** Written by the job executor's acquisition; the engine sets them only to release a job. */
  readonly lockOwner: string | null;
  readonly lockExpiresAt: Date | null;
}

export interface EventSubscriptionRow {
  readonly id: string;
  readonly rootProcessInstanceId: string | null;
  /** Null for the subscription of a start event. */
  readonly processInstanceId: string | null;
  readonly activityInstanceId: string | null;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly tenantId: string | null;
  readonly eventType: EventType;
  readonly eventName: string | null;
  readonly elementId: string;
  readonly createdAt: Date;
}

export interface IncidentRow extends OfInstance {
  readonly type: string;
  readonly message: string | null;
  readonly elementId: string;
  readonly failedElementId: string | null;
  readonly activityInstanceId: string;
  readonly configuration: string | null;
  readonly causeIncidentId: string;
  readonly rootCauseIncidentId: string;
  readonly createdAt: Date;
  readonly annotation: string | null;
}

export type HistoricInstanceState =
  | 'ACTIVE'
  | 'SUSPENDED'
  | 'COMPLETED'
  | 'EXTERNALLY_TERMINATED'
  | 'INTERNALLY_TERMINATED';

export interface HistoricProcessInstanceRow extends OfInstance {
  readonly businessKey: string | null;
  readonly superProcessInstanceId: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly durationMs: number | null;
  readonly startUserId: string | null;
  readonly startActivityId: string | null;
  readonly endActivityId: string | null;
  readonly deleteReason: string | null;
  readonly state: HistoricInstanceState;
  /** The finished instance that was begun anew by this one. */
  readonly restartedProcessInstanceId: string | null;
  /** The process's variables as it was started with them, by name; null when there were none. */
  readonly initialVariables: Readonly<Record<string, ValueColumns>> | null;
}

export interface HistoricActivityInstanceRow extends OfInstance {
  readonly elementId: string;
  readonly elementName: string | null;
  /** Camunda's name of the kind: `userTask`, `exclusiveGateway`, `boundaryTimer` … */
  readonly elementType: string;
  readonly parentActivityInstanceId: string | null;
  readonly taskId: string | null;
  readonly assignee: string | null;
  readonly calledProcessInstanceId: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly durationMs: number | null;
  readonly canceled: boolean;
  /** It ended its scope: an end event. */
  readonly completeScope: boolean;
}

export interface HistoricVariableRow extends VariableRow {
  readonly createdAt: Date;
  readonly state: 'CREATED' | 'DELETED';
}

export interface HistoricTaskRow extends OfInstance {
  readonly elementId: string;
  readonly activityInstanceId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly priority: number;
  readonly dueDate: Date | null;
  readonly followUpDate: Date | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly durationMs: number | null;
  readonly deleteReason: string | null;
}

export interface HistoricIncidentRow extends IncidentRow {
  /** The log's row of the failure that opened it. */
  readonly historyConfiguration: string | null;
  readonly endedAt: Date | null;
  readonly state: 'open' | 'resolved' | 'deleted';
}

/** What can happen to a job or an external task. */
export type WorkLogEvent = 'created' | 'failed' | 'successful' | 'deleted';

/** What the logs of jobs and of external tasks share. Two of these rows are written for each: few columns, few indexes. */
interface WorkLogRow {
  readonly id: string;
  readonly processInstanceId: string | null;
  /** Null where the instance is itself the root. */
  readonly rootProcessInstanceId: string | null;
  /** The key is its beginning. */
  readonly processDefinitionId: string | null;
  readonly tenantId: string | null;
  readonly event: WorkLogEvent;
  readonly createdAt: Date;
  readonly activityInstanceId: string | null;
  readonly elementId: string | null;
}

/** One thing that happened to a job; the columns tell of the job as it was before. */
export interface JobLogRow extends WorkLogRow {
  readonly batchId: string | null;
  readonly jobId: string;
  readonly type: string;
  readonly configuration: string;
  readonly dueDate: Date | null;
  readonly retries: number;
  /** Null: as the job's row has it, which operators change without asking the engine. */
  readonly priority: number | null;
  readonly failedElementId: string | null;
  readonly message: string | null;
  readonly stacktrace: string | null;
  /** The server that wrote it. */
  readonly hostname: string | null;
}

/** One thing that happened to an external task. */
export interface ExternalTaskLogRow extends WorkLogRow {
  readonly processInstanceId: string;
  readonly externalTaskId: string;
  readonly topicName: string;
  readonly priority: number;
  /** Both null: as the task's row has them at that time. */
  readonly retries: number | null;
  readonly workerId: string | null;
  readonly errorMessage: string | null;
  readonly errorDetails: string | null;
}

/** One thing that a batch is about, and what became of it. */
export interface BatchItemRow {
  readonly id: string;
  readonly batchId: string;
  readonly subjectId: string;
  readonly jobId: string | null;
  /** Failed ones are tried again while their job has retries. */
  readonly state: 'open' | 'done' | 'failed' | 'skipped';
  readonly reason: string | null;
}

/** What a user did: one row per property that the operation changed. */
export interface UserOperationRow {
  readonly id: string;
  /** Shared by the rows of one operation. */
  readonly operationId: string;
  readonly operationType: string;
  readonly entityType: string;
  readonly category: string;
  readonly property: string | null;
  readonly orgValue: string | null;
  readonly newValue: string | null;
  readonly userId: string | null;
  readonly createdAt: Date;
  readonly annotation: string | null;
  readonly deploymentId: string | null;
  readonly processDefinitionId: string | null;
  readonly processDefinitionKey: string | null;
  readonly processInstanceId: string | null;
  readonly rootProcessInstanceId: string | null;
  readonly executionId: string | null;
  readonly taskId: string | null;
  readonly externalTaskId: string | null;
  readonly batchId: string | null;
  readonly jobId: string | null;
  readonly jobDefinitionId: string | null;
  readonly tenantId: string | null;
}
