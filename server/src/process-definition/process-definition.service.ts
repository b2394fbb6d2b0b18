import type { StartInstance } from '@millrace/engine';
import { NotFoundError, SuspendedError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { isForCanary } from '../deployment/canary.js';
import { CanaryStarts } from '../deployment/canary-starts.js';
import type { DeletionPreviewDto } from '../deployment/deletion-preview.js';
import { type DeletionOptions, DeploymentService, type SuspensionOptions } from '../deployment/deployment.service.js';
import type { BulkPreviewDto } from '../http/bulk-preview.js';
import { parseDate } from '../http/date.js';
import { invalidRequest, noSuchResource, RestError, refused, wrappingFailures } from '../http/rest-error.js';
import { toVariables, toVariableValues } from '../http/variable-value.js';
import { readInstructions } from '../modification/read-instructions.js';
import { Database } from '../persistence/database.js';
import { InactiveVersionError } from '../persistence/inactive-version-error.js';
import { OutdatedDefinition } from '../persistence/outdated-definition.js';
import { type StartOptions, UnitOfWork } from '../persistence/unit-of-work.js';
import { recordOperation } from '../persistence/user-operations.js';
import { newId } from '../persistence/uuid-v7.js';
import type { StartedInstanceDto } from '../process-instance/process-instance.dto.js';
import type { DefinitionReference } from './definition-reference.js';
import type {
  DefinitionSuspensionDto,
  DeletionParameters,
  StartProcessInstanceDto,
  SubmitStartFormDto,
} from './process-definition.dto.js';
import { ProcessDefinitionQueries } from './process-definition.query.js';
import { StartFormService } from './start-form.service.js';
import { type StartableDefinition, StartableDefinitions } from './startable-definitions.js';

/** Who starts an instance, and where that client sees the API. */
export interface Caller {
  readonly userId: string | null;
  readonly baseUrl: string;
}

type StartCommand = Pick<
  StartInstance,
  'businessKey' | 'variables' | 'instructions' | 'skipCustomListeners' | 'skipIoMappings'
>;

const ATTEMPTS = 5;

@Injectable()
export class ProcessDefinitionService {
  constructor(
    private readonly database: Database,
    private readonly queries: ProcessDefinitionQueries,
    private readonly forms: StartFormService,
    private readonly unitOfWork: UnitOfWork,
    private readonly deployments: DeploymentService,
    private readonly startable: StartableDefinitions,
    private readonly canaries: CanaryStarts,
  ) {}

  async start(
    reference: DefinitionReference,
    body: StartProcessInstanceDto,
    caller: Caller,
  ): Promise<StartedInstanceDto> {
    if (body.caseInstanceId) throw invalidRequest("Cases ('caseInstanceId') are not supported");
    const variables = toVariables(body.variables);
    const placed = body.startInstructions?.length
      ? {
          instructions: readInstructions(body.startInstructions, 'starts'),
          skipCustomListeners: body.skipCustomListeners ?? false,
          skipIoMappings: body.skipIoMappings ?? false,
        }
      : {};
    const command = { ...placed, businessKey: body.businessKey ?? null, ...(variables && { variables }) };
    return this.startNewest(reference, command, body.withVariablesInReturn ?? false, caller);
  }

  async submitForm(
    reference: DefinitionReference,
    body: SubmitStartFormDto,
    caller: Caller,
  ): Promise<StartedInstanceDto> {
    const given = toVariables(body.variables) ?? {};
    const definition = await this.queries.find(reference);
    const variables = await this.forms.read(definition, given);
    return this.run(definition, { businessKey: body.businessKey ?? null, ...(variables && { variables }) }, {}, caller);
  }

  /** Of the version that is the newest when it's committed, or its canary, where the address names a key. */
  private async startNewest(
    reference: DefinitionReference,
    command: StartCommand,
    withVariables: boolean,
    caller: Caller,
  ): Promise<StartedInstanceDto> {
    const instanceId = newId();
    for (let attempt = 1; ; attempt++) {
      const { definition, isFresh } = await this.startable.find(reference);
      const { canary } = definition;
      const canaryId = canary && isForCanary(canary, command.businessKey ?? instanceId) ? canary.id : null;
      const asLatest = 'id' in reference ? {} : { asLatest: { canaryId: canary?.id ?? null } };
      try {
        return await this.run(definition, command, { withVariables, instanceId, ...asLatest }, caller, canaryId);
      } catch (error) {
        // What was known of the definition may be old; a newer version may come at any time, but not for ever.
        const isOld =
          error instanceof NotFoundError || error instanceof SuspendedError || error instanceof InactiveVersionError;
        if (!(error instanceof OutdatedDefinition || (isOld && !isFresh)) || attempt === ATTEMPTS) throw error;
        this.startable.forget(reference);
      }
    }
  }

  /** @param canaryId of the canary beside the definition, when it's the one to be started */
  private async run(
    { id, key, tenantId, suspended }: Omit<StartableDefinition, 'canary'>,
    start: StartCommand,
    { withVariables = false, ...options }: StartOptions & { readonly withVariables?: boolean },
    { userId, baseUrl }: Caller,
    canaryId: string | null = null,
  ): Promise<StartedInstanceDto> {
    if (suspended && canaryId === null) throw refused(`Cannot start process definition ${id}: it is suspended`);
    const { businessKey } = start;
    const startAt = async ({ definitionId }: { readonly definitionId: string }) => {
      const started = await this.unitOfWork.start({ ...start, definitionId, tenantId }, { ...options, userId });
      return { ...started, definitionId };
    };
    const latest = { definitionId: id };
    const { definitionId, instanceId, result, state } = await wrappingFailures(
      `Cannot start an instance of process definition ${id}`,
      this.canaries.startChosen(canaryId === null ? latest : { definitionId: canaryId }, latest, startAt),
    );
    return {
      links: [{ method: 'GET', href: `${baseUrl}/process-instance/${instanceId}`, rel: 'self' }],
      id: instanceId,
      definitionId,
      businessKey: state ? state.businessKey : businessKey,
      caseInstanceId: null,
      ended: state === null,
      suspended: false,
      tenantId,
      definitionKey: key,
      ...(withVariables && { variables: toVariableValues(result.variables, { deserialize: false }) }),
    };
  }

  /** @returns with `dryRun` what it would touch, and nothing happens */
  async suspend(
    reference: DefinitionReference,
    body: DefinitionSuspensionDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const id = 'id' in reference ? reference.id : (await this.queries.find(reference)).id;
    return this.suspendById(id, body, userId, dryRun);
  }

  /** Definitions named in the body: one by its id, or all versions of a key. @returns as `suspend` */
  async suspendSome(
    body: DefinitionSuspensionDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const { processDefinitionId, processDefinitionKey } = body;
    if (processDefinitionId && processDefinitionKey)
      throw invalidRequest('Only one of processDefinitionId and processDefinitionKey can be given');
    if (processDefinitionId) return this.suspendById(processDefinitionId, body, userId, dryRun);
    if (!processDefinitionKey)
      throw invalidRequest('One of processDefinitionId and processDefinitionKey must be given');
    const which = { key: processDefinitionKey, tenant: 'all' } as const;
    const options = suspensionOf(body, userId);
    if (dryRun) return this.deployments.previewSuspension(which, options);
    await this.deployments.suspendDefinitionsByKey(which, options);
    return null;
  }

  /** As in Camunda, an unknown definition is nothing to suspend and no error. */
  private async suspendById(
    id: string,
    body: DefinitionSuspensionDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const options = suspensionOf(body, userId);
    if (dryRun) return this.deployments.previewSuspension({ definitionId: id }, options);
    await this.deployments.suspendDefinition(id, options).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
    return null;
  }

  /** One version by its id, or all versions of a key. @returns with `dryRun` what it would do, and nothing happens */
  async delete(
    reference: DefinitionReference,
    parameters: DeletionParameters,
    userId: string | null,
  ): Promise<DeletionPreviewDto | null> {
    const options: DeletionOptions = {
      cascade: parameters.cascade ?? false,
      skipCustomListeners: parameters.skipCustomListeners ?? false,
      skipIoMappings: parameters.skipIoMappings ?? false,
      userId,
    };
    const newest = await this.queries.find(reference);
    const versions = 'id' in reference ? [newest] : await this.queries.versions(newest.key, newest.tenantId);
    const ids = versions.map(({ id }) => id);
    if (parameters.dryRun) return this.deployments.previewDefinitionDeletion(ids, options.cascade);
    await this.deployments.deleteDefinitions(ids, options);
    return null;
  }

  async setHistoryTimeToLive(
    reference: DefinitionReference,
    days: number | null,
    userId: string | null,
  ): Promise<void> {
    if (days !== null && days < 0)
      throw new RestError(400, 'BadUserRequestException', `historyTimeToLive must not be negative, but is ${days}`, 0);
    const { id, key, historyTimeToLive } = await this.queries.find(reference);
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE process_definition SET history_time_to_live = $2 WHERE id = $1', [id, days]);
      await recordOperation(tx, userId, {
        operationType: 'UpdateHistoryTimeToLive',
        entityType: 'ProcessDefinition',
        processDefinitionId: id,
        processDefinitionKey: key,
        properties: [
          {
            property: 'historyTimeToLive',
            orgValue: historyTimeToLive === null ? null : String(historyTimeToLive),
            newValue: days === null ? null : String(days),
          },
        ],
      });
    });
  }

  /** The BPMN resource as text. */
  async xml(reference: DefinitionReference): Promise<{ id: string; bpmn20Xml: string }> {
    const { id, deploymentId, resourceName } = await this.queries.find(reference);
    const bytes = await this.queries.resource(deploymentId, resourceName);
    if (!bytes) throw noSuchResource(`The resource '${resourceName}' of process definition ${id} does not exist`);
    return { id, bpmn20Xml: bytes.toString('utf8') };
  }

  /** The deployed image of the process; null when there is none. */
  async diagram(reference: DefinitionReference): Promise<{ name: string; bytes: Buffer } | null> {
    const unknownId = { status: 400, type: 'NotFoundException' };
    const { deploymentId, diagramResourceName: name } = await this.queries.find(reference, unknownId);
    const bytes = name === null ? null : await this.queries.resource(deploymentId, name);
    return name === null || bytes === null ? null : { name, bytes };
  }
}

function suspensionOf(body: DefinitionSuspensionDto, userId: string | null): SuspensionOptions {
  return {
    suspended: body.suspended ?? false,
    includeProcessInstances: body.includeProcessInstances ?? false,
    executionDate: body.executionDate ? parseDate(body.executionDate) : null,
    userId,
  };
}
