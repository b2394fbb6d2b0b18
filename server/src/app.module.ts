import { type DynamicModule, Module } from '@nestjs/common';
import { BatchModule } from './batch/batch.module.js';
import { ConditionModule } from './condition/condition.module.js';
import type { Core } from './core.js';
import { CoreModule } from './core.module.js';
import { DecisionDefinitionModule } from './decision-definition/decision-definition.module.js';
import { DeploymentModule } from './deployment/deployment.module.js';
import { EngineModule } from './engine/engine.module.js';
import { EventSubscriptionModule } from './event-subscription/event-subscription.module.js';
import { ExecutionModule } from './execution/execution.module.js';
import { ExternalTaskModule } from './external-task/external-task.module.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { HistoryModule } from './history/history.module.js';
import type { BasicAuth } from './identity/basic-auth.js';
import { IdentityRestModule } from './identity-rest/identity-rest.module.js';
import { IncidentModule } from './incident/incident.module.js';
import { JobModule } from './job/job.module.js';
import { JobDefinitionModule } from './job-definition/job-definition.module.js';
import { MessageModule } from './message/message.module.js';
import { MigrationModule } from './migration/migration.module.js';
import { ModificationModule } from './modification/modification.module.js';
import { ProcessDefinitionModule } from './process-definition/process-definition.module.js';
import { ProcessInstanceModule } from './process-instance/process-instance.module.js';
import { ReleaseModule } from './release/release.module.js';
import { SignalModule } from './signal/signal.module.js';
import { TaskModule } from './task/task.module.js';
import { UserOperationModule } from './user-operation/user-operation.module.js';
import { VariableInstanceModule } from './variable-instance/variable-instance.module.js';
import { VersionModule } from './version/version.module.js';
import { WorkerModule } from './worker/worker.module.js';
import { WorkerBridgeModule } from './worker-bridge/worker-bridge.module.js';

const RESOURCES = [
  BatchModule,
  ConditionModule,
  DecisionDefinitionModule,
  DeploymentModule,
  EngineModule,
  EventSubscriptionModule,
  ExecutionModule,
  ExternalTaskModule,
  HistoryModule,
  IdentityRestModule,
  IncidentModule,
  JobDefinitionModule,
  JobModule,
  MessageModule,
  MigrationModule,
  ModificationModule,
  ProcessDefinitionModule,
  ProcessInstanceModule,
  ReleaseModule,
  SignalModule,
  TaskModule,
  UserOperationModule,
  VariableInstanceModule,
  VersionModule,
  WorkerModule,
];

@Module({})
class AppModule {}

/**
 * Every REST resource of the server.
 * @param auth null when the server asks for no login
 */
export function appModule(core: Core, auth: BasicAuth | null, readiness = new Readiness()): DynamicModule {
  return {
    module: AppModule,
    imports: [CoreModule.of(core, auth), WorkerBridgeModule.of(core), ...RESOURCES],
    controllers: [HealthController],
    providers: [{ provide: Readiness, useValue: readiness }],
  };
}
