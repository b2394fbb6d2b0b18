import { Module } from '@nestjs/common';
import { HistoricProcessInstanceQueries } from '../history/historic-process-instance.query.js';
import { ActivityTreeQueries } from './activity-tree.query.js';
import { ProcessInstanceController } from './process-instance.controller.js';
import { ProcessInstanceQueries } from './process-instance.query.js';
import { ProcessInstanceService } from './process-instance.service.js';
import { ScopeVariables } from './scope-variables.js';

@Module({
  controllers: [ProcessInstanceController],
  providers: [
    ActivityTreeQueries,
    HistoricProcessInstanceQueries,
    ProcessInstanceQueries,
    ProcessInstanceService,
    ScopeVariables,
  ],
  exports: [ProcessInstanceQueries, ScopeVariables],
})
export class ProcessInstanceModule {}
