import { Module } from '@nestjs/common';
import { ExternalTaskLogController } from './external-task-log.controller.js';
import { ExternalTaskLogQueries } from './external-task-log.query.js';
import { HistoricActivityInstanceController } from './historic-activity-instance.controller.js';
import { HistoricActivityInstanceQueries } from './historic-activity-instance.query.js';
import { HistoricIncidentController } from './historic-incident.controller.js';
import { HistoricIncidentQueries } from './historic-incident.query.js';
import { HistoricProcessInstanceController } from './historic-process-instance.controller.js';
import { HistoricProcessInstanceQueries } from './historic-process-instance.query.js';
import { HistoricProcessInstanceService } from './historic-process-instance.service.js';
import { HistoricTaskController } from './historic-task.controller.js';
import { HistoricTaskQueries } from './historic-task.query.js';
import { HistoricVariableInstanceController } from './historic-variable-instance.controller.js';
import { HistoricVariableInstanceQueries } from './historic-variable-instance.query.js';
import { JobLogController } from './job-log.controller.js';
import { JobLogQueries } from './job-log.query.js';

@Module({
  controllers: [
    HistoricProcessInstanceController,
    HistoricActivityInstanceController,
    HistoricVariableInstanceController,
    HistoricTaskController,
    HistoricIncidentController,
    JobLogController,
    ExternalTaskLogController,
  ],
  providers: [
    HistoricProcessInstanceQueries,
    HistoricProcessInstanceService,
    HistoricActivityInstanceQueries,
    HistoricVariableInstanceQueries,
    HistoricTaskQueries,
    HistoricIncidentQueries,
    JobLogQueries,
    ExternalTaskLogQueries,
  ],
  exports: [HistoricProcessInstanceQueries],
})
export class HistoryModule {}
