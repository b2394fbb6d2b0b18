/** What the REST API sends and takes, as far as this app uses it. Dates are ISO 8601 strings with offset. */

export interface VariableValue {
  value: unknown;
  type?: string | null;
  valueInfo?: Record<string, unknown>;
}

export type VariableMap = Record<string, VariableValue>;

export interface ProcessDefinition {
  id: string;
  key: string;
  name: string | null;
  description: string | null;
  version: number;
  versionTag: string | null;
  resource: string;
  deploymentId: string;
  suspended: boolean;
  tenantId: string | null;
}

export interface DecisionDefinition {
  id: string;
  key: string;
  name: string | null;
  version: number;
  versionTag: string | null;
  resource: string;
  deploymentId: string;
  tenantId: string | null;
}

interface IncidentStatistics {
  incidentType: string;
  incidentCount: number;
}

export interface DefinitionStatistics {
  id: string;
  instances: number;
  failedJobs: number;
  incidents: IncidentStatistics[] | null;
  definition: ProcessDefinition;
}

export interface ActivityStatistics {
  id: string;
  instances: number;
  failedJobs: number;
  incidents: IncidentStatistics[] | null;
}

export interface ProcessInstance {
  id: string;
  definitionId: string;
  businessKey: string | null;
  suspended: boolean;
}

export type InstanceStatus = 'ACTIVE' | 'SUSPENDED' | 'COMPLETED' | 'EXTERNALLY_TERMINATED' | 'INTERNALLY_TERMINATED';

export interface HistoricProcessInstance {
  id: string;
  businessKey: string | null;
  processDefinitionId: string;
  processDefinitionKey: string;
  processDefinitionName: string | null;
  processDefinitionVersion: number;
  superProcessInstanceId: string | null;
  startTime: string;
  endTime: string | null;
  durationInMillis: number | null;
  startUserId: string | null;
  deleteReason: string | null;
  state: InstanceStatus;
}

export interface HistoricActivityInstance {
  id: string;
  parentActivityInstanceId: string | null;
  activityId: string;
  activityName: string | null;
  activityType: string;
  calledProcessInstanceId: string | null;
  taskId: string | null;
  assignee: string | null;
  startTime: string;
  endTime: string | null;
  durationInMillis: number | null;
  canceled: boolean;
}

export interface HistoricVariable extends VariableValue {
  id: string;
  name: string;
  processInstanceId: string;
  activityInstanceId: string | null;
  executionId: string | null;
  state: string | null;
}

export interface ActivityInstance {
  id: string;
  activityId: string;
  activityName: string | null;
  activityType: string;
  childActivityInstances: ActivityInstance[] | null;
  childTransitionInstances: TransitionInstance[] | null;
}

interface TransitionInstance {
  id: string;
  activityId: string;
  activityName: string | null;
  activityType: string;
}

export interface Incident {
  id: string;
  incidentType: string;
  incidentTimestamp: string;
  activityId: string | null;
  failedActivityId: string | null;
  processInstanceId: string;
  processDefinitionId: string;
  incidentMessage: string | null;
  /** The job's or the external task's id, by `incidentType`. */
  configuration: string | null;
  causeIncidentId: string | null;
  rootCauseIncidentId: string | null;
}

/** An incident, and whether it is being tried again. */
export interface IncidentProgress extends Incident {
  state: 'open' | 'retryPending';
  /** Why nothing happens, or what is awaited. */
  explanation: string;
}

export interface Job {
  id: string;
  jobDefinitionId: string | null;
  processInstanceId: string;
  dueDate: string | null;
  retries: number;
  exceptionMessage: string | null;
  failedActivityId: string | null;
  suspended: boolean;
}

export interface JobDefinition {
  id: string;
  activityId: string;
  jobType: string;
  jobConfiguration: string | null;
}

export interface ExternalTask {
  id: string;
  activityId: string;
  topicName: string;
  workerId: string | null;
  lockExpirationTime: string | null;
  retries: number | null;
  errorMessage: string | null;
}

export interface EventSubscription {
  id: string;
  eventType: string;
  eventName: string | null;
  activityId: string | null;
}

interface FormReference {
  key: string;
  binding: string;
  version?: number | null;
}

export interface Task {
  id: string;
  name: string | null;
  assignee: string | null;
  created: string;
  due: string | null;
  description: string | null;
  priority: number;
  processDefinitionId: string | null;
  processInstanceId: string | null;
  taskDefinitionKey: string | null;
  suspended: boolean;
  formKey?: string | null;
  camundaFormRef?: FormReference | null;
}

export interface FormInfo {
  key: string | null;
  camundaFormRef?: FormReference | null;
  /** Operaton's name for the same. */
  operatonFormRef?: FormReference | null;
  contextPath?: string | null;
}

export interface Deployment {
  id: string;
  name: string | null;
  source: string | null;
  deploymentTime: string;
}

export interface DeploymentResource {
  id: string;
  name: string;
}

export interface DeploymentWithDefinitions extends Deployment {
  deployedProcessDefinitions: Record<string, ProcessDefinition> | null;
  deployedDecisionDefinitions: Record<string, DecisionDefinition> | null;
  /** What the policy did, where one was chosen. */
  introductions?: { processDefinitionId: string; state: 'active' | 'canary' }[];
}

export interface Problem {
  message: string;
  line: number;
  column: number;
  mainElementId: string | null;
  elementIds: string[] | null;
}

interface ResourceReport {
  errors: Problem[] | null;
  warnings: Problem[] | null;
}

/** The body of a 400 of type ParseException. */
export interface ParseExceptionBody {
  type: string;
  message: string;
  details: Record<string, ResourceReport> | null;
}

export interface JobLogEntry {
  id: string;
  timestamp: string;
  jobId: string;
  jobRetries: number;
  jobExceptionMessage: string | null;
  jobDefinitionType: string;
  activityId: string | null;
  creationLog: boolean;
  failureLog: boolean;
  successLog: boolean;
  deletionLog: boolean;
}
