import { Type } from '@sinclair/typebox';
import { BaseUrl, Body, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import { ProcessInstanceDto } from '../process-instance/process-instance.dto.js';
import { EvaluationConditionDto } from './condition.dto.js';
import { ConditionService } from './condition.service.js';

@Resource('condition', 'Condition')
export class ConditionController {
  constructor(private readonly conditions: ConditionService) {}

  @Route({
    method: 'POST',
    operationId: 'evaluateCondition',
    summary: 'Start an instance for each conditional start event whose condition holds with these variables',
    response: Type.Array(ProcessInstanceDto),
  })
  evaluate(
    @Body(EvaluationConditionDto) body: EvaluationConditionDto,
    @UserId() userId: string | null,
    @BaseUrl() baseUrl: string,
  ): Promise<ProcessInstanceDto[]> {
    return this.conditions.evaluate(body, { userId, baseUrl });
  }
}
