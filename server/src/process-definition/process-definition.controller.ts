import { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import type { DeletionPreviewDto } from '../deployment/deletion-preview.js';
import { BulkParameters, type BulkPreviewDto, previewOrNothing } from '../http/bulk-preview.js';
import { AnswerStatus, asFile, type SetStatus } from '../http/file-answer.js';
import { BaseUrl, Body, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { ProcessInstanceDto, StartedInstanceDto } from '../process-instance/process-instance.dto.js';
import { CalledDefinitionsQueries } from './called-definitions.query.js';
import { byKey, Definition, type DefinitionReference } from './definition-reference.js';
import { DefinitionStatisticsQueries } from './definition-statistics.query.js';
import {
  ActivityStatisticsDto,
  CalledProcessDefinitionDto,
  DefinitionStatisticsDto,
  DefinitionSuspensionDto,
  DeletionParameters,
  FormDto,
  FormVariablesDto,
  HistoryTimeToLiveDto,
  ProcessDefinitionDiagramDto,
  ProcessDefinitionDto,
  ProcessDefinitionQuery,
  StartProcessInstanceDto,
  StatisticsParameters,
  SubmitStartFormDto,
  toProcessDefinitionDto,
} from './process-definition.dto.js';
import { ProcessDefinitionQueries } from './process-definition.query.js';
import { ProcessDefinitionService } from './process-definition.service.js';
import { StartFormService } from './start-form.service.js';

const FormVariableParameters = Type.Object({
  variableNames: Type.Optional(Type.String({ description: 'Names, separated by commas; all when not given' })),
  deserializeValues: Type.Optional(Type.Boolean()),
});

@Resource('process-definition', 'Process Definition')
export class ProcessDefinitionController {
  constructor(
    private readonly definitions: ProcessDefinitionService,
    private readonly queries: ProcessDefinitionQueries,
    private readonly statistics: DefinitionStatisticsQueries,
    private readonly calls: CalledDefinitionsQueries,
    private readonly forms: StartFormService,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getProcessDefinitions',
    summary: 'Process definitions',
    response: Type.Array(ProcessDefinitionDto),
  })
  list(@QueryInput(ProcessDefinitionQuery) input: QueryInput<ProcessDefinitionQuery>): Promise<ProcessDefinitionDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getProcessDefinitionsCount',
    summary: 'How many process definitions there are',
    response: CountDto,
  })
  count(@QueryInput(ProcessDefinitionQuery, { paged: false }) input: QueryInput<ProcessDefinitionQuery>) {
    return this.queries.count(input);
  }

  @Route({
    method: 'GET',
    path: 'statistics',
    operationId: 'getProcessDefinitionStatistics',
    summary: 'Instances, failed jobs and incidents of every process definition',
    response: Type.Array(DefinitionStatisticsDto),
  })
  statisticsOfAll(
    @QueryParams(StatisticsParameters) parameters: StatisticsParameters,
  ): Promise<DefinitionStatisticsDto[]> {
    return this.statistics.byDefinition(parameters);
  }

  @Route({
    method: 'PUT',
    path: 'suspended',
    operationId: 'updateProcessDefinitionSuspensionState',
    summary: 'Suspend or activate one process definition by its id, or all versions of a key',
  })
  async suspendSome(
    @Body(DefinitionSuspensionDto) body: DefinitionSuspensionDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.definitions.suspendSome(body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getProcessDefinition',
    alsoAt: byKey('', 'getProcessDefinitionByKey', 'getLatestProcessDefinitionByTenantId'),
    summary: 'A process definition; by key the latest version',
    response: ProcessDefinitionDto,
  })
  async get(@Definition() reference: DefinitionReference): Promise<ProcessDefinitionDto> {
    return toProcessDefinitionDto(await this.queries.find(reference));
  }

  @Route({
    method: 'DELETE',
    path: ':id',
    operationId: 'deleteProcessDefinition',
    summary: 'Delete a version of a process',
    status: 200,
  })
  async delete(
    @Definition() reference: DefinitionReference,
    @QueryParams(DeletionParameters) parameters: DeletionParameters,
    @UserId() userId: string | null,
  ): Promise<DeletionPreviewDto | undefined> {
    return (await this.definitions.delete(reference, parameters, userId)) ?? undefined;
  }

  @Route({
    method: 'DELETE',
    path: 'key/:key',
    operationId: 'deleteProcessDefinitionsByKey',
    alsoAt: { 'key/:key/tenant-id/:tenantId': 'deleteProcessDefinitionsByKeyAndTenantId' },
    summary: 'Delete all versions of a process',
  })
  async deleteAll(
    @Definition() reference: DefinitionReference,
    @QueryParams(DeletionParameters) parameters: DeletionParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<DeletionPreviewDto | null> {
    return previewOrNothing(await this.definitions.delete(reference, parameters, userId), setStatus);
  }

  @Route({
    method: 'GET',
    path: ':id/xml',
    operationId: 'getProcessDefinitionBpmn20Xml',
    alsoAt: byKey('/xml', 'getProcessDefinitionBpmn20XmlByKey', 'getProcessDefinitionBpmn20XmlByKeyAndTenantId'),
    summary: 'The BPMN model as it was deployed',
    response: ProcessDefinitionDiagramDto,
  })
  xml(@Definition() reference: DefinitionReference): Promise<ProcessDefinitionDiagramDto> {
    return this.definitions.xml(reference);
  }

  @Route({
    method: 'GET',
    path: ':id/diagram',
    operationId: 'getProcessDefinitionDiagram',
    alsoAt: byKey('/diagram', 'getProcessDefinitionDiagramByKey', 'getProcessDefinitionDiagramByKeyAndTenantId'),
    summary: 'The image that was deployed with the model; 204 when there is none',
    produces: 'application/octet-stream',
  })
  async diagram(
    @Definition() reference: DefinitionReference,
    @AnswerStatus() setStatus: SetStatus,
  ): Promise<StreamableFile | undefined> {
    const diagram = await this.definitions.diagram(reference);
    if (diagram) return asFile(diagram.name, diagram.bytes);
    setStatus(204);
    return undefined;
  }

  @Route({
    method: 'POST',
    path: ':id/start',
    operationId: 'startProcessInstance',
    alsoAt: byKey('/start', 'startProcessInstanceByKey', 'startProcessInstanceByKeyAndTenantId'),
    summary: 'Start an instance; by key of the latest version',
    response: StartedInstanceDto,
  })
  start(
    @Definition() reference: DefinitionReference,
    @Body(StartProcessInstanceDto) body: StartProcessInstanceDto,
    @UserId() userId: string | null,
    @BaseUrl() baseUrl: string,
  ): Promise<StartedInstanceDto> {
    return this.definitions.start(reference, body, { userId, baseUrl });
  }

  @Route({
    method: 'POST',
    path: ':id/submit-form',
    operationId: 'submitForm',
    alsoAt: byKey('/submit-form', 'submitFormByKey', 'submitFormByKeyAndTenantId'),
    summary: 'Start an instance by its start form',
    response: ProcessInstanceDto,
  })
  submitForm(
    @Definition() reference: DefinitionReference,
    @Body(SubmitStartFormDto) body: SubmitStartFormDto,
    @UserId() userId: string | null,
    @BaseUrl() baseUrl: string,
  ): Promise<StartedInstanceDto> {
    return this.definitions.submitForm(reference, body, { userId, baseUrl });
  }

  @Route({
    method: 'GET',
    path: ':id/startForm',
    operationId: 'getStartForm',
    alsoAt: byKey('/startForm', 'getStartFormByKey', 'getStartFormByKeyAndTenantId'),
    summary: 'Which form starts the process',
    response: FormDto,
  })
  async startForm(@Definition() reference: DefinitionReference): Promise<FormDto> {
    return this.forms.form(await this.queries.find(reference, { status: 400, type: 'InvalidRequestException' }));
  }

  @Route({
    method: 'GET',
    path: ':id/form-variables',
    operationId: 'getStartFormVariables',
    alsoAt: byKey('/form-variables', 'getStartFormVariablesByKey', 'getStartFormVariablesByKeyAndTenantId'),
    summary: 'The variables of a start form made of fields, with their defaults',
    response: FormVariablesDto,
  })
  async formVariables(
    @Definition() reference: DefinitionReference,
    @QueryParams(FormVariableParameters) parameters: { variableNames?: string; deserializeValues?: boolean },
  ) {
    const names = parameters.variableNames?.split(',') ?? null;
    const definition = await this.queries.find(reference, { status: 400, type: 'NotFoundException' });
    return this.forms.variables(definition, names, parameters.deserializeValues ?? true);
  }

  @Route({
    method: 'GET',
    path: ':id/rendered-form',
    operationId: 'getRenderedStartForm',
    alsoAt: byKey('/rendered-form', 'getRenderedStartFormByKey', 'getRenderedStartFormByKeyAndTenantId'),
    summary: 'A start form made of fields, as HTML',
    produces: 'application/xhtml+xml',
  })
  async renderedForm(@Definition() reference: DefinitionReference): Promise<StreamableFile> {
    const html = await this.forms.rendered(await this.queries.find(reference));
    return new StreamableFile(Buffer.from(html), { type: 'application/xhtml+xml' });
  }

  @Route({
    method: 'GET',
    path: ':id/deployed-start-form',
    operationId: 'getDeployedStartForm',
    alsoAt: byKey('/deployed-start-form', 'getDeployedStartFormByKey', 'getDeployedStartFormByKeyAndTenantId'),
    summary: 'The start form that was deployed with the process',
    produces: 'application/octet-stream',
  })
  async deployedForm(@Definition() reference: DefinitionReference): Promise<StreamableFile> {
    const { bytes, mediaType } = await this.forms.deployed(await this.queries.find(reference));
    return new StreamableFile(bytes, { type: mediaType });
  }

  @Route({
    method: 'PUT',
    path: ':id/suspended',
    operationId: 'updateProcessDefinitionSuspensionStateById',
    alsoAt: byKey(
      '/suspended',
      'updateProcessDefinitionSuspensionStateByKey',
      'updateProcessDefinitionSuspensionStateByKeyAndTenantId',
    ),
    summary: 'Suspend or activate a process definition',
  })
  async suspend(
    @Definition() reference: DefinitionReference,
    @Body(DefinitionSuspensionDto) body: DefinitionSuspensionDto,
    @QueryParams(BulkParameters) { dryRun }: BulkParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<BulkPreviewDto | null> {
    return previewOrNothing(await this.definitions.suspend(reference, body, userId, dryRun ?? false), setStatus);
  }

  @Route({
    method: 'PUT',
    path: ':id/history-time-to-live',
    operationId: 'updateHistoryTimeToLiveByProcessDefinitionId',
    alsoAt: byKey(
      '/history-time-to-live',
      'updateHistoryTimeToLiveByProcessDefinitionKey',
      'updateHistoryTimeToLiveByProcessDefinitionKeyAndTenantId',
    ),
    summary: 'Set for how many days the history of instances is kept',
  })
  setHistoryTimeToLive(
    @Definition() reference: DefinitionReference,
    @Body(HistoryTimeToLiveDto) { historyTimeToLive }: HistoryTimeToLiveDto,
    @UserId() userId: string | null,
  ): Promise<void> {
    return this.definitions.setHistoryTimeToLive(reference, historyTimeToLive ?? null, userId);
  }

  @Route({
    method: 'GET',
    path: ':id/statistics',
    operationId: 'getActivityStatistics',
    alsoAt: byKey(
      '/statistics',
      'getActivityStatisticsByProcessDefinitionKey',
      'getActivityStatisticsByProcessDefinitionKeyAndTenantId',
    ),
    summary: 'Instances, failed jobs and incidents at every activity of the process',
    response: Type.Array(ActivityStatisticsDto),
  })
  async activityStatistics(
    @Definition() reference: DefinitionReference,
    @QueryParams(StatisticsParameters) parameters: StatisticsParameters,
  ): Promise<ActivityStatisticsDto[]> {
    const id = 'id' in reference ? reference.id : (await this.queries.find(reference)).id;
    return this.statistics.byActivity(id, parameters);
  }

  @Route({
    method: 'GET',
    path: ':id/static-called-process-definitions',
    operationId: 'getStaticCalledProcessDefinitions',
    summary: 'The process definitions that the process calls, as far as its model tells',
    response: Type.Array(CalledProcessDefinitionDto),
  })
  async calledDefinitions(@Definition() reference: DefinitionReference): Promise<CalledProcessDefinitionDto[]> {
    return this.calls.list(await this.queries.find(reference));
  }
}
