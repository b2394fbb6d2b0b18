import { Module } from '@nestjs/common';
import { DecisionDefinitionController } from './decision-definition.controller.js';
import { DecisionDefinitionQueries } from './decision-definition.query.js';
import { DecisionDefinitionService } from './decision-definition.service.js';

@Module({
  controllers: [DecisionDefinitionController],
  providers: [DecisionDefinitionQueries, DecisionDefinitionService],
})
export class DecisionDefinitionModule {}
