import { BatchEntity } from './batch.js';
import { BatchItemEntity } from './batch-item.js';
import { CallBindingEntity } from './call-binding.js';
import { CallReferenceEntity } from './call-reference.js';
import { CanaryEntity } from './canary.js';
import { DecisionDefinitionEntity } from './decision-definition.js';
import { DeploymentEntity } from './deployment.js';
import { EventSubscriptionEntity } from './event-subscription.js';
import { ExternalTaskEntity } from './external-task.js';
import { ExternalTaskLogEntity } from './external-task-log.js';
import { HistoricActivityInstanceEntity } from './historic-activity-instance.js';
import { HistoricIncidentEntity } from './historic-incident.js';
import { HistoricProcessInstanceEntity } from './historic-process-instance.js';
import { HistoricTaskEntity } from './historic-task.js';
import { HistoricVariableEntity } from './historic-variable.js';
import { IdentityLinkEntity } from './identity-link.js';
import { IncidentEntity } from './incident.js';
import { JobEntity } from './job.js';
import { JobDefinitionEntity } from './job-definition.js';
import { JobLogEntity } from './job-log.js';
import { MigrationSnapshotEntity } from './migration-snapshot.js';
import { ProcessDefinitionEntity } from './process-definition.js';
import { ProcessInstanceEntity } from './process-instance.js';
import { ResourceEntity } from './resource.js';
import { UserOperationEntity } from './user-operation.js';
import { UserTaskEntity } from './user-task.js';
import { VariableEntity } from './variable.js';
import { WorkerEntity } from './worker.js';
import { WorkerVersionPinEntity } from './worker-version-pin.js';

/** The tables that the engine's change sets name, in the order in which they are written. */
export const CHANGE_TABLES = {
  variable: VariableEntity,
  userTask: UserTaskEntity,
  identityLink: IdentityLinkEntity,
  externalTask: ExternalTaskEntity,
  job: JobEntity,
  eventSubscription: EventSubscriptionEntity,
  incident: IncidentEntity,
  historicProcessInstance: HistoricProcessInstanceEntity,
  historicActivityInstance: HistoricActivityInstanceEntity,
  historicVariable: HistoricVariableEntity,
  historicTask: HistoricTaskEntity,
  historicIncident: HistoricIncidentEntity,
  jobLog: JobLogEntity,
  externalTaskLog: ExternalTaskLogEntity,
  batchItem: BatchItemEntity,
  userOperation: UserOperationEntity,
} as const;

export const ALL_ENTITIES = [
  DeploymentEntity,
  ResourceEntity,
  ProcessDefinitionEntity,
  DecisionDefinitionEntity,
  JobDefinitionEntity,
  CallBindingEntity,
  CallReferenceEntity,
  ProcessInstanceEntity,
  BatchEntity,
  WorkerEntity,
  WorkerVersionPinEntity,
  MigrationSnapshotEntity,
  CanaryEntity,
  ...Object.values(CHANGE_TABLES),
];
