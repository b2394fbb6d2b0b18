import { Module } from '@nestjs/common';
import { CalledDefinitionsQueries } from './called-definitions.query.js';
import { DefinitionStatisticsQueries } from './definition-statistics.query.js';
import { ProcessDefinitionController } from './process-definition.controller.js';
import { ProcessDefinitionQueries } from './process-definition.query.js';
import { ProcessDefinitionService } from './process-definition.service.js';
import { StartFormService } from './start-form.service.js';
import { StartableDefinitions } from './startable-definitions.js';

@Module({
  controllers: [ProcessDefinitionController],
  providers: [
    CalledDefinitionsQueries,
    DefinitionStatisticsQueries,
    ProcessDefinitionQueries,
    ProcessDefinitionService,
    StartFormService,
    StartableDefinitions,
  ],
  exports: [ProcessDefinitionQueries],
})
export class ProcessDefinitionModule {}
