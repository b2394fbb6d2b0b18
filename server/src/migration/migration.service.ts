import {
  generatePlan,
  type MigrationInstruction,
  type MigrationPlan,
  NotFoundError,
  type Refresh,
  validatePlan,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import type { BatchDto } from '../batch/batch.dto.js';
import { BatchService } from '../batch/batch.service.js';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { readQueryBody } from '../http/query-input.js';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { toVariables, toVariableValues, type VariableValueDto } from '../http/variable-value.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type Operation, operationChanges } from '../persistence/user-operations.js';
import { newId } from '../persistence/uuid-v7.js';
import { ProcessInstanceQuery } from '../process-instance/process-instance.dto.js';
import { ProcessInstanceQueries } from '../process-instance/process-instance.query.js';
import type {
  MigrationExecutionDto,
  MigrationInstructionDto,
  MigrationPlanDto,
  MigrationPlanGenerationDto,
  MigrationPlanReportDto,
} from './migration.dto.js';
import { toInstructionDto, withReports } from './migration-reports.js';
import { MigrationSettings } from './migration-settings.js';
import { TargetVersions } from './target-version.js';
import type { MigrationExecutedDto } from './undo.dto.js';

type VariableReports = MigrationPlanReportDto['variableReports'];

const JAVA = 'application/x-java-serialized-object';

@Injectable()
export class MigrationService {
  constructor(
    private readonly cache: DefinitionCache,
    private readonly instances: ProcessInstanceQueries,
    private readonly unitOfWork: UnitOfWork,
    private readonly batches: BatchService,
    private readonly settings: MigrationSettings,
    private readonly targets: TargetVersions,
  ) {}

  async generate(body: MigrationPlanGenerationDto): Promise<MigrationPlanDto> {
    const { source, target } = await this.models(body);
    const instructions = generatePlan(source.model, target.model, {
      updateEventTriggers: body.updateEventTriggers ?? false,
    });
    const variables = toVariables(body.variables);
    return {
      sourceProcessDefinitionId: source.id,
      targetProcessDefinitionId: target.id,
      instructions: instructions.map(toInstructionDto),
      variables: variables ? toVariableValues(variables, { deserialize: false }) : null,
    } as MigrationPlanDto;
  }

  async validate(body: MigrationPlanDto): Promise<MigrationPlanReportDto> {
    const { source, target } = await this.models(body);
    const targetFailures = await this.targets.failures(target.id, body.allowInactiveTarget ?? false);
    const report = validatePlan(source.model, target.model, (body.instructions ?? []).flatMap(toInstructions));
    return {
      instructionReports: report.instructions.map(({ instruction, failures }) => ({
        instruction: toInstructionDto(instruction),
        failures: [...failures],
      })),
      variableReports: variableReports(body.variables),
      ...(targetFailures.length > 0 && { targetFailures }),
    };
  }

  /** All instances or none. @returns by which it can be undone @throws RestError (400) with what doesn't fit */
  async execute(body: MigrationExecutionDto, userId: string | null): Promise<MigrationExecutedDto> {
    const { command, instanceIds } = await this.prepare(body);
    const commands = instanceIds.map((instanceId) => ({ instanceId, command }));
    const id = newId();
    const changes = operationChanges(userId, operation(command.plan, instanceIds.length));
    const snapshot = this.settings.snapshotDays > 0 && { snapshot: { migrationId: id, batchId: null } };
    await withReports(this.unitOfWork.runAll(commands, { userId, changes, ...snapshot }));
    return { id, migrated: instanceIds.length };
  }

  /** As a batch: each instance by itself. @throws RestError (400) when the plan isn't valid */
  async executeAsync(body: MigrationExecutionDto, userId: string | null): Promise<BatchDto> {
    const { command, instanceIds } = await this.prepare(body);
    return this.batches.create({
      type: 'instance-migration',
      instanceIds,
      configuration: command,
      userId,
      operation: {
        type: 'Migrate',
        entity: 'ProcessInstance',
        processDefinitionId: command.plan.sourceDefinitionId,
        properties: [definitionChange(command.plan)],
      },
    });
  }

  /** The command that each of the chosen instances is to get. @throws RestError (400) when the plan isn't valid */
  async prepare(body: MigrationExecutionDto) {
    if (!body.migrationPlan) throw invalidRequest("A migration needs a plan ('migrationPlan')");
    const plan = await this.readPlan(body.migrationPlan);
    const command = {
      kind: 'migrate',
      plan,
      skipCustomListeners: body.skipCustomListeners ?? false,
      skipIoMappings: body.skipIoMappings ?? false,
    } as const;
    return { command, instanceIds: await this.chosen(body) };
  }

  private async readPlan(dto: MigrationPlanDto): Promise<MigrationPlan> {
    const validationReport = await this.validate(dto);
    const { instructionReports, variableReports, targetFailures = [] } = validationReport;
    const failures = [
      ...(targetFailures.length > 0 ? [['The target', targetFailures] as const] : []),
      ...instructionReports.map(({ instruction, failures: all }) => [JSON.stringify(instruction), all] as const),
      ...Object.entries(variableReports).map(([name, report]) => [name, report.failures] as const),
    ];
    if (failures.length > 0) {
      const said = failures.map(
        ([what, all]) => `\t${what} is not valid:\n${all.map((each) => `\t\t${each}`).join('\n')}`,
      );
      const message = `Migration plan for process definition '${dto.sourceProcessDefinitionId}' to '${dto.targetProcessDefinitionId}' is not valid:\n${said.join('\n')}`;
      throw new RestError(400, 'MigrationPlanValidationException', message, 0, {
        validationReport,
      });
    }
    const variables = toVariables(dto.variables);
    return {
      sourceDefinitionId: dto.sourceProcessDefinitionId ?? '',
      targetDefinitionId: dto.targetProcessDefinitionId ?? '',
      instructions: (dto.instructions ?? []).flatMap(toInstructions),
      ...(variables && { variables }),
    };
  }

  private async chosen({ processInstanceIds, processInstanceQuery }: MigrationExecutionDto): Promise<string[]> {
    const ids = (processInstanceIds ?? []).map((id) => {
      if (id !== null) return id;
      throw badRequest('Process instance ids cannot be null: process instance ids contains null value');
    });
    const found = processInstanceQuery
      ? await this.instances.ids(readQueryBody(ProcessInstanceQuery, processInstanceQuery))
      : [];
    if (ids.length + found.length === 0)
      throw badRequest('Process instance ids cannot be empty: process instance ids is empty');
    return [...new Set([...ids, ...found])];
  }

  private async models(given: Pick<MigrationPlanDto, 'sourceProcessDefinitionId' | 'targetProcessDefinitionId'>) {
    const source = await this.definition('Source', given.sourceProcessDefinitionId);
    const target = await this.definition('Target', given.targetProcessDefinitionId);
    return { source, target };
  }

  private async definition(end: 'Source' | 'Target', id: string | null | undefined) {
    if (id === null || id === undefined) throw invalidRequest(`${end} process definition id is null`);
    try {
      return { id, model: await this.cache.model(id) };
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw invalidRequest(`${end} process definition with id '${id}' does not exist`);
    }
  }
}

/** As Camunda logs it: once, however many instances. */
function operation(plan: MigrationPlan, instances: number): Operation {
  return {
    operationType: 'Migrate',
    entityType: 'ProcessInstance',
    processDefinitionId: plan.sourceDefinitionId,
    properties: [
      definitionChange(plan),
      { property: 'nrOfInstances', newValue: String(instances) },
      { property: 'async', newValue: 'false' },
    ],
  };
}

function definitionChange({ sourceDefinitionId, targetDefinitionId }: MigrationPlan) {
  return { property: 'processDefinitionId', orgValue: sourceDefinitionId, newValue: targetDefinitionId };
}

function badRequest(message: string): RestError {
  return new RestError(400, 'BadUserRequestException', message, 0);
}

/**
 * One for each source. The first target takes the activity instance over, the others begin beside it.
 * @throws RestError (400) when an end names no activity
 */
function toInstructions(dto: MigrationInstructionDto): MigrationInstruction[] {
  const sources = atLeastOne('sourceActivityIds', dto.sourceActivityIds);
  const [targetActivityId = null, ...others] = atLeastOne('targetActivityIds', dto.targetActivityIds);
  const alsoStartActivityIds = others.map((id) => {
    if (id !== null) return id;
    throw invalidRequest("A migration instruction with several activities in 'targetActivityIds' names each of them");
  });
  return sources.map((sourceActivityId) => ({
    sourceActivityId,
    targetActivityId,
    updateEventTrigger: dto.updateEventTrigger ?? false,
    ...(dto.refresh && { refresh: toRefresh(dto.refresh) }),
    ...(others.length > 0 && { alsoStartActivityIds }),
  }));
}

/** Null means the same as nothing. */
function toRefresh(dto: NonNullable<MigrationInstructionDto['refresh']>): Refresh {
  return Object.fromEntries(Object.entries(dto).filter(([, choice]) => choice !== null));
}

function atLeastOne(name: string, ids: readonly (string | null)[] | null | undefined): readonly (string | null)[] {
  if (ids && ids.length > 0) return ids;
  throw invalidRequest(`A migration instruction has at least one activity in '${name}', but there is none`);
}

/** Objects of Java's own serialization can't be trusted. */
function variableReports(
  variables: Readonly<Record<string, VariableValueDto | null>> | null | undefined,
): VariableReports {
  const prohibited = Object.entries(variables ?? {}).filter(
    ([, value]) => value?.valueInfo?.['serializationDataFormat'] === JAVA,
  );
  return Object.fromEntries(
    prohibited.map(([name, value]) => [
      name,
      {
        ...value,
        failures: [`Cannot set variable with name ${name}. Java serialization format is prohibited`],
      },
    ]),
  );
}
