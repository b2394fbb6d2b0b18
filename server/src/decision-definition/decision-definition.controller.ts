import { Type } from '@sinclair/typebox';
import { AnswerStatus, type SetStatus } from '../http/file-answer.js';
import { Body } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { byKey, Definition, type DefinitionReference } from '../process-definition/definition-reference.js';
import { HistoryTimeToLiveDto } from '../process-definition/process-definition.dto.js';
import {
  DecisionDefinitionDiagramDto,
  DecisionDefinitionDto,
  DecisionDefinitionQuery,
  DecisionResultDto,
  EvaluateDecisionDto,
  toDecisionDefinitionDto,
} from './decision-definition.dto.js';
import { DecisionDefinitionQueries } from './decision-definition.query.js';
import { DecisionDefinitionService } from './decision-definition.service.js';

@Resource('decision-definition', 'Decision Definition')
export class DecisionDefinitionController {
  constructor(
    private readonly decisions: DecisionDefinitionService,
    private readonly queries: DecisionDefinitionQueries,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getDecisionDefinitions',
    summary: 'Decision definitions',
    response: Type.Array(DecisionDefinitionDto),
  })
  list(
    @QueryInput(DecisionDefinitionQuery) input: QueryInput<DecisionDefinitionQuery>,
  ): Promise<DecisionDefinitionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getDecisionDefinitionsCount',
    summary: 'How many decision definitions there are',
    response: CountDto,
  })
  count(@QueryInput(DecisionDefinitionQuery, { paged: false }) input: QueryInput<DecisionDefinitionQuery>) {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getDecisionDefinitionById',
    alsoAt: byKey('', 'getDecisionDefinitionByKey', 'getDecisionDefinitionByKeyAndTenantId'),
    summary: 'A decision definition; by key the latest version',
    response: DecisionDefinitionDto,
  })
  async get(@Definition() reference: DefinitionReference): Promise<DecisionDefinitionDto> {
    return toDecisionDefinitionDto(await this.queries.find(reference));
  }

  @Route({
    method: 'GET',
    path: ':id/xml',
    operationId: 'getDecisionDefinitionDmnXmlById',
    alsoAt: byKey('/xml', 'getDecisionDefinitionDmnXmlByKey', 'getDecisionDefinitionDmnXmlByKeyAndTenant'),
    summary: 'The DMN model as it was deployed',
    response: DecisionDefinitionDiagramDto,
  })
  xml(@Definition() reference: DefinitionReference): Promise<DecisionDefinitionDiagramDto> {
    return this.decisions.xml(reference);
  }

  @Route({
    method: 'GET',
    path: ':id/diagram',
    operationId: 'getDecisionDefinitionDiagram',
    alsoAt: byKey('/diagram', 'getDecisionDefinitionDiagramByKey', 'getDecisionDefinitionDiagramByKeyAndTenant'),
    summary: 'The image of a decision; 204, because decisions have none',
    produces: 'application/octet-stream',
  })
  async diagram(@Definition() reference: DefinitionReference, @AnswerStatus() setStatus: SetStatus): Promise<void> {
    await this.queries.find(reference);
    setStatus(204);
  }

  @Route({
    method: 'POST',
    path: ':id/evaluate',
    operationId: 'evaluateDecisionById',
    alsoAt: byKey('/evaluate', 'evaluateDecisionByKey', 'evaluateDecisionByKeyAndTenant'),
    summary: 'What the decision says; by key of the latest version',
    response: DecisionResultDto,
  })
  evaluate(@Definition() reference: DefinitionReference, @Body(EvaluateDecisionDto) body: EvaluateDecisionDto) {
    return this.decisions.evaluate(reference, body);
  }

  @Route({
    method: 'PUT',
    path: ':id/history-time-to-live',
    operationId: 'updateHistoryTimeToLiveByDecisionDefinitionId',
    alsoAt: byKey(
      '/history-time-to-live',
      'updateHistoryTimeToLiveByDecisionDefinitionKey',
      'updateHistoryTimeToLiveByDecisionDefinitionKeyAndTenant',
    ),
    summary: 'Set for how many days the history of evaluations is kept',
  })
  setHistoryTimeToLive(
    @Definition() reference: DefinitionReference,
    @Body(HistoryTimeToLiveDto) { historyTimeToLive }: HistoryTimeToLiveDto,
  ): Promise<void> {
    return this.decisions.setHistoryTimeToLive(reference, historyTimeToLive ?? null);
  }
}
