import { Injectable } from '@nestjs/common';
import type { MultipartForm } from '../http/multipart.js';
import { invalidRequest, RestError } from '../http/rest-error.js';
import type { ResourceEntity } from '../persistence/entities/resource.js';
import { readPins } from '../worker/version-range.js';
import type { RedeploymentDto } from './deployment.dto.js';
import { DeploymentQueries } from './deployment.query.js';
import { type DeployedResult, type DeploymentInput, DeploymentService } from './deployment.service.js';
import { readPolicy } from './read-policy.js';

/** Deployments as clients ask for them: from an uploaded form, or from the resources of an older deployment. */
@Injectable()
export class UploadService {
  constructor(
    private readonly deployments: DeploymentService,
    private readonly queries: DeploymentQueries,
  ) {}

  /** @throws RestError (400), ParseError, InvalidCommandError */
  create(form: MultipartForm, userId: string | null): Promise<DeployedResult> {
    return this.deployments.deploy({ ...toDeployment(form), userId });
  }

  /** All resources again, or those that are named. @throws RestError (404 for unknown deployments and resources) */
  async redeploy(id: string, body: RedeploymentDto, userId: string | null): Promise<DeployedResult> {
    const { name, tenantId } = await this.queries.find(id);
    const all = await this.queries.allResources(id);
    const ids = body.resourceIds ?? [];
    const names = body.resourceNames ?? [];
    requireKnown(
      id,
      'ids',
      ids,
      all.map((resource) => resource.id),
    );
    requireKnown(
      id,
      'names',
      names,
      all.map((resource) => resource.name),
    );
    const chosen = ids.length + names.length === 0 ? all : all.filter((resource) => isNamed(resource, ids, names));
    return this.deployments.deploy({
      name,
      source: body.source ?? null,
      tenantId,
      resources: chosen.map((resource) => ({ name: resource.name, bytes: resource.bytes })),
      duplicateFiltering: false,
      deployChangedOnly: false,
      userId,
    });
  }
}

/** What an uploaded form asks for. @throws RestError (400) */
export function toDeployment({ fields, files }: MultipartForm): DeploymentInput {
  if (fields['deployment-activation-time'])
    throw invalidRequest("Deployments are active at once; 'deployment-activation-time' is not supported");
  const nameless = files.find(({ filename }) => filename === '');
  if (nameless) throw invalidRequest(`The uploaded file in field '${nameless.field}' has no file name`);
  if (files.length === 0) throw invalidRequest('The form contains no file to deploy');
  const changedOnly = flag(fields['deploy-changed-only']);
  return {
    name: fields['deployment-name'] || null,
    source: fields['deployment-source'] || null,
    tenantId: fields['tenant-id'] || null,
    resources: files.map(({ filename, bytes }) => ({ name: filename, bytes })),
    duplicateFiltering: changedOnly || flag(fields['enable-duplicate-filtering']),
    deployChangedOnly: changedOnly,
    unresolvedCalls: unresolvedCalls(fields['unresolved-calls']),
    policy: readPolicy(fields),
    workerVersions: fields['worker-versions'] ? readPins(fields['worker-versions']) : null,
  };
}

function unresolvedCalls(value: string | undefined): DeploymentInput['unresolvedCalls'] {
  const text = value?.trim() || undefined;
  if (text === undefined || text === 'late' || text === 'error') return text;
  throw invalidRequest(`'unresolved-calls' must be late or error, but is '${text}'`);
}

function flag(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}

function isNamed({ id, name }: ResourceEntity, ids: readonly string[], names: readonly string[]): boolean {
  return ids.includes(id) || names.includes(name);
}

function requireKnown(deploymentId: string, what: string, wanted: readonly string[], known: readonly string[]): void {
  const missing = wanted.filter((each) => !known.includes(each));
  if (missing.length === 0) return;
  const message = `Cannot redeploy '${deploymentId}': it has no resources with the ${what} ${missing.join(', ')}`;
  throw new RestError(404, 'InvalidRequestException', message, 0);
}
