import { InvalidCommandError, NotFoundError, type ScriptHost } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { Config } from '../config.js';
import type { BulkPreviewDto } from '../http/bulk-preview.js';
import { CommitEvents, type JobHint } from '../persistence/commit-events.js';
import type { Database, Transaction } from '../persistence/database.js';
import type { DecisionDefinitionEntity } from '../persistence/entities/decision-definition.js';
import type { DeploymentEntity } from '../persistence/entities/deployment.js';
import type { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { announceStartTimers } from '../persistence/start-timers.js';
import { recordOperation } from '../persistence/user-operations.js';
import { newId } from '../persistence/uuid-v7.js';
import type { VersionPins } from '../worker/version-range.js';
import { storePins } from '../worker/worker-version-pins.js';
import { bindCalls, type DeployedHere, describeOpen, formsIn, type OpenCall, refuseOpen } from './call-bindings.js';
import type { DefinitionCache } from './definition-cache.js';
import { DefinitionDeletion, type DeletionOptions } from './definition-deletion.js';
import {
  DefinitionSuspension,
  type JobDefinitionSuspensionOptions,
  type SuspensionOptions,
} from './definition-suspension.js';
import type { DeletionPreviewDto } from './deletion-preview.js';
import { DEPLOYMENT_LOCK } from './deployment-lock.js';
import type { DeploymentPolicy } from './deployment-policy.js';
import { changedResources, latestDeployment } from './duplicate-filter.js';
import { type Introduction, introduceVersion, lockForIntroduction } from './introduce-version.js';
import { type DeployedResource, type ParsedProcess, parseResources, type ResourceWarning } from './parse-resources.js';
import type { OfKey, SuspendedDefinitions, SuspendedJobDefinitions } from './scheduled-suspension.js';
import { storeDecision, storeProcess, storeResources } from './store-deployment.js';

export type { DeletionOptions } from './definition-deletion.js';
export type { SuspensionOptions } from './definition-suspension.js';

export interface DeploymentInput {
  readonly name: string | null;
  readonly source: string | null;
  readonly tenantId: string | null;
  readonly resources: readonly DeployedResource[];
  /** Deploys nothing when every resource is as the last deployment of the same name (and source) brought it. */
  readonly duplicateFiltering: boolean;
  /** Deploys only the resources that differ. Implies duplicate filtering. */
  readonly deployChangedOnly: boolean;
  /** Who deploys, for the user operation log. */
  readonly userId?: string | null;
  /** Which versions of workers its tasks are for, by topic; those of a deployment that was filtered are replaced. */
  readonly workerVersions?: VersionPins | null;
  /** What becomes of running instances and of new ones; `manual` when it isn't given. */
  readonly policy?: DeploymentPolicy;
  /** Calls of what isn't deployed: resolved when they happen, or refused. As the configuration says when it isn't given. */
  readonly unresolvedCalls?: Config['unresolvedCalls'] | undefined;
}

export interface DeployedResult {
  /** The new deployment, or the old one when everything was filtered as a duplicate. */
  readonly deployment: DeploymentEntity;
  /** What was created; empty when everything was filtered. */
  readonly processDefinitions: readonly ProcessDefinitionEntity[];
  readonly decisionDefinitions: readonly DecisionDefinitionEntity[];
  readonly policy: DeploymentPolicy['kind'];
  /** What it did, for every process. */
  readonly introductions: readonly Introduction[];
  readonly warnings: readonly ResourceWarning[];
  /** What workers are needed for: the topics of the processes, without those that expressions give. */
  readonly topics: readonly string[];
}

/** Puts resources into the engine as immutable versions, and takes them out again. */
@Injectable()
export class DeploymentService {
  constructor(
    private readonly database: Database,
    private readonly scripts: ScriptHost,
    private readonly definitions: DefinitionCache,
    private readonly deletion: DefinitionDeletion,
    private readonly suspension: DefinitionSuspension,
    private readonly events: CommitEvents,
    private readonly config: Pick<Config, 'callBinding' | 'unresolvedCalls'>,
  ) {}

  /**
   * All of it or, when anything is wrong, nothing.
   * @throws ParseError, InvalidCommandError (no resources, duplicate names or keys, a message start that another process has,
   * calls of what isn't deployed where they are refused, a canary where one is open)
   */
  async deploy(input: DeploymentInput): Promise<DeployedResult> {
    checkNames(input.resources);
    // Also what may turn out to be a duplicate: parsing takes a while, and the lock below is everybody's.
    await parseResources(input.resources, this.scripts);
    const jobs: JobHint[] = [];
    const result = await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [DEPLOYMENT_LOCK]);
      const resources = await this.withoutDuplicates(tx, input);
      const deployed = Array.isArray(resources) ? await this.store(tx, input, resources, jobs) : resources;
      if (input.workerVersions) await storePins(tx, deployed.deployment.id, input.workerVersions);
      return deployed;
    });
    if (input.workerVersions) this.events.emitVersionPins();
    if (result.processDefinitions.length > 0)
      await announceStartTimers(
        this.database,
        this.events,
        result.processDefinitions.map(({ id }) => id),
      );
    this.events.emitJobs(jobs, new Date());
    return result;
  }

  /** @throws NotFoundError, DefinitionInUseError */
  async delete(id: string, options: DeletionOptions): Promise<void> {
    await this.deletion.deleteDeployment(id, options);
  }

  /** What a deletion would do; nothing happens. @throws NotFoundError */
  previewDeletion(id: string, cascade: boolean): Promise<DeletionPreviewDto> {
    return this.deletion.previewDeployment(id, cascade);
  }

  /** Versions of a process: all of these or none. @throws NotFoundError, DefinitionInUseError */
  async deleteDefinitions(ids: readonly string[], options: DeletionOptions): Promise<void> {
    await this.deletion.deleteProcessDefinitions(ids, options);
  }

  /** What it would do; nothing happens. @throws NotFoundError */
  previewDefinitionDeletion(ids: readonly string[], cascade: boolean): Promise<DeletionPreviewDto> {
    return this.deletion.previewProcessDefinitions(ids, cascade);
  }

  /** @throws NotFoundError */
  async suspendDefinition(id: string, options: SuspensionOptions): Promise<void> {
    const rows = await this.database.query<{ id: string }>('SELECT id FROM process_definition WHERE id = $1', [id]);
    if (rows.length === 0) throw new NotFoundError(`Expected process definition '${id}' to exist, but there is none`);
    await this.suspension.set({ definitionId: id }, options);
  }

  /** All versions of a key; at a date, those that there are then. */
  suspendDefinitionsByKey(of: OfKey, options: SuspensionOptions): Promise<void> {
    return this.suspension.set(of, options);
  }

  /** What a suspension would touch; nothing happens. */
  previewSuspension(which: SuspendedDefinitions, options: SuspensionOptions): Promise<BulkPreviewDto> {
    return this.suspension.preview(which, options);
  }

  previewJobDefinitionSuspension(
    which: SuspendedJobDefinitions,
    options: JobDefinitionSuspensionOptions,
  ): Promise<BulkPreviewDto> {
    return this.suspension.previewJobDefinitions(which, options);
  }

  /** No job definition of the id is no error, as in Camunda. */
  suspendJobDefinitions(which: SuspendedJobDefinitions, options: JobDefinitionSuspensionOptions): Promise<void> {
    return this.suspension.setJobDefinitions(which, options);
  }

  /** What is to be stored; or the deployment that has it all already. */
  private async withoutDuplicates(
    tx: Transaction,
    input: DeploymentInput,
  ): Promise<DeployedResource[] | DeployedResult> {
    const { name, source, tenantId, duplicateFiltering, deployChangedOnly } = input;
    const all = [...input.resources];
    if (name === null || !(duplicateFiltering || deployChangedOnly)) return all;
    const changed = await changedResources(tx, { name, source, tenantId }, all);
    if (changed.length > 0) return deployChangedOnly ? changed : all;
    const deployment = await latestDeployment(tx, { name, source, tenantId });
    if (!deployment) return all;
    const nothing = { processDefinitions: [], decisionDefinitions: [], introductions: [], warnings: [], topics: [] };
    return { deployment, policy: input.policy?.kind ?? 'manual', ...nothing };
  }

  private async store(
    tx: Transaction,
    input: DeploymentInput,
    resources: readonly DeployedResource[],
    jobs: JobHint[],
  ): Promise<DeployedResult> {
    const now = new Date();
    const { name, source, tenantId, policy = { kind: 'manual' }, userId = null } = input;
    const deployment: DeploymentEntity = { id: newId(), name, source, deployedAt: now, tenantId };
    const { processes, decisions, warnings } = await parseResources(resources, this.scripts);
    await storeResources(tx, deployment, resources);
    const decisionDefinitions: DecisionDefinitionEntity[] = [];
    for (const decision of decisions) decisionDefinitions.push(await storeDecision(tx, deployment, decision));
    const stored: { parsed: ParsedProcess; definition: ProcessDefinitionEntity }[] = [];
    for (const parsed of processes) stored.push({ parsed, definition: await storeProcess(tx, deployment, parsed) });
    await lockForIntroduction(
      tx,
      policy,
      stored.map(({ definition }) => definition),
    );
    const introductions: Introduction[] = [];
    const circumstances = { policy, definitions: this.definitions, userId, now, jobs };
    for (const { parsed, definition } of stored)
      introductions.push(await introduceVersion(tx, definition, parsed.model, circumstances));
    const processDefinitions = stored.map(({ definition }) => definition);
    const here = {
      process: new Map(processDefinitions.map((definition) => [definition.key, definition])),
      decision: new Map(decisionDefinitions.map((definition) => [definition.key, definition])),
      forms: formsIn(resources),
    };
    const open: (OpenCall & ResourceWarning)[] = [];
    for (const { parsed, definition } of stored) open.push(...(await this.pin(tx, parsed, definition, here)));
    if ((input.unresolvedCalls ?? this.config.unresolvedCalls) === 'error') refuseOpen(open);
    await recordOperation(tx, userId, {
      operationType: 'Create',
      entityType: 'Deployment',
      deploymentId: deployment.id,
      tenantId,
      properties: [
        { property: 'duplicateFilterEnabled', newValue: String(input.duplicateFiltering) },
        { property: 'deployChangedOnly', newValue: String(input.deployChangedOnly) },
        ...(policy.kind === 'manual' ? [] : [{ property: 'policy', newValue: policy.kind }]),
      ],
    });
    const topics = topicsOf(processes);
    return {
      deployment,
      processDefinitions,
      decisionDefinitions,
      policy: policy.kind,
      introductions,
      warnings: [...warnings, ...open],
      topics,
    };
  }

  private async pin(
    tx: Transaction,
    { model, resourceName }: ParsedProcess,
    { id, tenantId }: ProcessDefinitionEntity,
    here: DeployedHere,
  ): Promise<(OpenCall & ResourceWarning)[]> {
    const { pinned, open } = await bindCalls(tx, model, here, tenantId);
    for (const { elementId, kind, targetDefinitionId } of this.config.callBinding === 'latest' ? [] : pinned)
      await tx.query(
        'INSERT INTO call_binding (process_definition_id, element_id, kind, target_definition_id) VALUES ($1, $2, $3, $4)',
        [id, elementId, kind, targetDefinitionId],
      );
    return open.map((call) => {
      const line = model.elements.get(call.elementId)?.line;
      return { ...call, resourceName, message: describeOpen(call), ...(line !== undefined && { line }) };
    });
  }
}

function topicsOf(processes: readonly ParsedProcess[]): string[] {
  const topics = processes.flatMap(({ model }) => model.topics.flatMap(({ topic }) => topic ?? []));
  return [...new Set(topics)].sort();
}

function checkNames(resources: readonly DeployedResource[]): void {
  if (resources.length === 0)
    throw new InvalidCommandError('Expected at least one resource to deploy, but there is none');
  const names = new Set<string>();
  for (const { name } of resources) {
    if (names.has(name))
      throw new InvalidCommandError(`Expected every resource to have a name of its own, but '${name}' comes twice`);
    names.add(name);
  }
}
