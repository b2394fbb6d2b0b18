import { Module } from '@nestjs/common';
import { ExternalTaskModule } from '../external-task/external-task.module.js';
import { CallEdges } from './call-edges.query.js';
import { CallIndex } from './call-index.js';
import { Canaries } from './canaries.service.js';
import { CanaryController } from './canary.controller.js';
import { CanaryWatch } from './canary-watch.js';
import { DeploymentPlanController } from './plan/plan.controller.js';
import { DeploymentPlanService } from './plan/plan.service.js';
import { RebindService } from './rebind.service.js';
import { ReleaseController } from './release.controller.js';
import { ReleaseQueries } from './release.query.js';
import { RetentionService } from './retention.service.js';
import { RetentionSchedule } from './retention-schedule.js';
import { ProcessVersionController } from './version.controller.js';
import { VersionStates } from './version-states.service.js';

@Module({
  imports: [ExternalTaskModule],
  controllers: [CanaryController, DeploymentPlanController, ProcessVersionController, ReleaseController],
  providers: [
    DeploymentPlanService,
    CallEdges,
    CallIndex,
    Canaries,
    CanaryWatch,
    RebindService,
    ReleaseQueries,
    RetentionService,
    RetentionSchedule,
    VersionStates,
  ],
})
export class ReleaseModule {}
