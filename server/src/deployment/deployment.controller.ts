import { NotFoundError } from '@millrace/engine';
import type { StreamableFile } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { previewOrNothing } from '../http/bulk-preview.js';
import { AnswerStatus, asFile, type SetStatus } from '../http/file-answer.js';
import { Multipart, type MultipartForm } from '../http/multipart.js';
import { BaseUrl, Body, Path, QueryParams, UserId } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { noSuchResource } from '../http/rest-error.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { DeletionParameters } from '../process-definition/process-definition.dto.js';
import type { DeletionPreviewDto } from './deletion-preview.js';
import {
  DeployedDto,
  DeploymentDto,
  DeploymentForm,
  DeploymentQuery,
  DeploymentResourceDto,
  RedeploymentDto,
  toDeployedDto,
  toDeploymentDto,
  toDeploymentResourceDto,
} from './deployment.dto.js';
import { DeploymentQueries } from './deployment.query.js';
import { DeploymentService } from './deployment.service.js';
import { UploadService } from './upload.service.js';

@Resource('deployment', 'Deployment')
export class DeploymentController {
  constructor(
    private readonly deployments: DeploymentService,
    private readonly uploads: UploadService,
    private readonly queries: DeploymentQueries,
  ) {}

  @Route({ method: 'GET', operationId: 'getDeployments', summary: 'Deployments', response: Type.Array(DeploymentDto) })
  list(@QueryInput(DeploymentQuery) input: QueryInput<DeploymentQuery>): Promise<DeploymentDto[]> {
    return this.queries.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'getDeploymentsCount',
    summary: 'How many deployments there are',
    response: CountDto,
  })
  count(@QueryInput(DeploymentQuery, { paged: false }) input: QueryInput<DeploymentQuery>) {
    return this.queries.count(input);
  }

  @Route({
    method: 'POST',
    path: 'create',
    operationId: 'createDeployment',
    summary: 'Deploy models, forms and other resources as new versions',
    consumes: { mediaType: 'multipart/form-data', schema: DeploymentForm },
    response: DeployedDto,
  })
  async create(
    @Multipart() form: MultipartForm,
    @BaseUrl() baseUrl: string,
    @UserId() userId: string | null,
  ): Promise<DeployedDto> {
    return toDeployedDto(await this.uploads.create(form, userId), baseUrl);
  }

  @Route({
    method: 'GET',
    path: 'registered',
    operationId: 'getRegisteredDeployments',
    summary: 'The deployments whose jobs this server executes: all',
    response: Type.Array(Type.String()),
  })
  async registered(): Promise<string[]> {
    const all = await this.queries.list({ filters: {}, orQueries: [], sorting: [], firstResult: 0, maxResults: null });
    return all.map(({ id }) => id);
  }

  @Route({
    method: 'GET',
    path: ':id',
    operationId: 'getDeployment',
    summary: 'A deployment',
    response: DeploymentDto,
  })
  async get(@Path('id') id: string): Promise<DeploymentDto> {
    return toDeploymentDto(await this.queries.find(id));
  }

  @Route({
    method: 'DELETE',
    path: ':id',
    operationId: 'deleteDeployment',
    summary: 'Delete a deployment with its definitions',
  })
  async delete(
    @Path('id') id: string,
    @QueryParams(DeletionParameters) parameters: DeletionParameters,
    @AnswerStatus() setStatus: SetStatus,
    @UserId() userId: string | null,
  ): Promise<DeletionPreviewDto | null> {
    const options = {
      cascade: parameters.cascade ?? false,
      skipCustomListeners: parameters.skipCustomListeners ?? false,
      skipIoMappings: parameters.skipIoMappings ?? false,
      userId,
    };
    const done: Promise<DeletionPreviewDto | null> = parameters.dryRun
      ? this.deployments.previewDeletion(id, options.cascade)
      : this.deployments.delete(id, options).then(() => null);
    const answer = await done.catch((error: unknown) => {
      throw error instanceof NotFoundError ? noSuchResource(`Deployment with id '${id}' does not exist`) : error;
    });
    return previewOrNothing(answer, setStatus);
  }

  @Route({
    method: 'POST',
    path: ':id/redeploy',
    operationId: 'redeploy',
    summary: 'Deploy resources of an older deployment again, as the newest versions',
    response: DeployedDto,
  })
  async redeploy(
    @Path('id') id: string,
    @Body(RedeploymentDto) body: RedeploymentDto,
    @BaseUrl() baseUrl: string,
    @UserId() userId: string | null,
  ): Promise<DeployedDto> {
    return toDeployedDto(await this.uploads.redeploy(id, body, userId), baseUrl);
  }

  @Route({
    method: 'GET',
    path: ':id/resources',
    operationId: 'getDeploymentResources',
    summary: 'The resources of a deployment',
    response: Type.Array(DeploymentResourceDto),
  })
  resources(@Path('id') id: string): Promise<DeploymentResourceDto[]> {
    return this.queries.resources(id);
  }

  @Route({
    method: 'GET',
    path: ':id/resources/:resourceId',
    operationId: 'getDeploymentResource',
    summary: 'A resource of a deployment',
    response: DeploymentResourceDto,
  })
  async resource(@Path('id') id: string, @Path('resourceId') resourceId: string): Promise<DeploymentResourceDto> {
    return toDeploymentResourceDto(await this.queries.resource(id, resourceId));
  }

  @Route({
    method: 'GET',
    path: ':id/resources/:resourceId/data',
    operationId: 'getDeploymentResourceData',
    summary: 'The content of a resource, exactly as it was deployed',
    produces: 'application/octet-stream',
  })
  async data(@Path('id') id: string, @Path('resourceId') resourceId: string): Promise<StreamableFile> {
    const { name, bytes } = await this.queries.resource(id, resourceId);
    return asFile(name, bytes);
  }
}
