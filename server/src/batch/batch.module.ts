import { Module } from '@nestjs/common';
import { ExternalTaskQueries } from '../external-task/external-task.query.js';
import { HistoricProcessInstanceQueries } from '../history/historic-process-instance.query.js';
import { HistoricProcessInstanceService } from '../history/historic-process-instance.service.js';
import { JobQueries } from '../job/job.query.js';
import { ProcessInstanceQueries } from '../process-instance/process-instance.query.js';
import { BatchApiController, BatchController, HistoricBatchController } from './batch.controller.js';
import { BatchQueries } from './batch.query.js';
import { BatchService } from './batch.service.js';
import { BatchHandlers } from './batch-handler.js';
import {
  ExternalTaskBulkController,
  HistoricProcessInstanceBulkController,
  JobBulkController,
  ProcessInstanceBulkController,
} from './bulk-operations.controller.js';
import { BulkOperations } from './bulk-operations.service.js';
import { CorrelateMessageHandler } from './handlers/correlate-message.js';
import { HistoricInstanceDeletionHandler } from './handlers/historic-instance-deletion.js';
import { InstanceDeletionHandler } from './handlers/instance-deletion.js';
import { SetExternalTaskRetriesHandler } from './handlers/set-external-task-retries.js';
import { SetJobRetriesHandler } from './handlers/set-job-retries.js';
import { SetVariablesHandler } from './handlers/set-variables.js';
import { UpdateSuspensionStateHandler } from './handlers/update-suspension-state.js';
import { Selection } from './selection.js';

@Module({
  controllers: [
    ProcessInstanceBulkController,
    JobBulkController,
    ExternalTaskBulkController,
    HistoricProcessInstanceBulkController,
    BatchController,
    HistoricBatchController,
    BatchApiController,
  ],
  providers: [
    BatchService,
    BatchQueries,
    BulkOperations,
    Selection,
    ProcessInstanceQueries,
    HistoricProcessInstanceQueries,
    HistoricProcessInstanceService,
    JobQueries,
    ExternalTaskQueries,
    InstanceDeletionHandler,
    HistoricInstanceDeletionHandler,
    SetJobRetriesHandler,
    SetExternalTaskRetriesHandler,
    UpdateSuspensionStateHandler,
    SetVariablesHandler,
    CorrelateMessageHandler,
  ],
  // For modules with handlers of their own: they add them to `BatchHandlers` and create batches.
  exports: [BatchService, Selection],
})
export class BatchModule {
  constructor(
    handlers: BatchHandlers,
    deletion: InstanceDeletionHandler,
    historicDeletion: HistoricInstanceDeletionHandler,
    jobRetries: SetJobRetriesHandler,
    taskRetries: SetExternalTaskRetriesHandler,
    suspension: UpdateSuspensionStateHandler,
    variables: SetVariablesHandler,
    message: CorrelateMessageHandler,
  ) {
    handlers.add(deletion, historicDeletion, jobRetries, taskRetries, suspension, variables, message);
  }
}
