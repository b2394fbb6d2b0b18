import {
  type InstanceReport,
  MigratingInstanceError,
  type MigrationInstruction,
  MigrationPlanError,
  type NodeReport,
} from '@millrace/engine';
import { RestError } from '../http/rest-error.js';
import type { MigrationInstructionDto } from './migration.dto.js';

export function toInstructionDto(instruction: MigrationInstruction): MigrationInstructionDto {
  const { sourceActivityId, targetActivityId, updateEventTrigger, refresh, alsoStartActivityIds = [] } = instruction;
  return {
    sourceActivityIds: sourceActivityId === null ? [] : [sourceActivityId],
    targetActivityIds: [...(targetActivityId === null ? [] : [targetActivityId]), ...alsoStartActivityIds],
    updateEventTrigger,
    ...(refresh && { refresh }),
  };
}

/** The plan's and the instance's report go out with the refusal, as in Camunda. */
export async function withReports<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MigrationPlanError) {
      const instructionReports = error.report.instructions.map(({ instruction, failures }) => ({
        instruction: toInstructionDto(instruction),
        failures,
      }));
      throw refused('MigrationPlanValidationException', error, { instructionReports, variableReports: {} });
    }
    if (error instanceof MigratingInstanceError)
      throw refused('MigratingProcessInstanceValidationException', error, toInstanceReportDto(error.report));
    throw error;
  }
}

function refused(type: string, { message }: Error, validationReport: object): RestError {
  return new RestError(400, type, message, 0, { validationReport });
}

export function toInstanceReportDto({
  processInstanceId,
  failures,
  activityInstances,
  transitionInstances,
}: InstanceReport) {
  return {
    processInstanceId,
    failures,
    activityInstanceValidationReports: activityInstances.map(({ instanceId, ...report }) => ({
      ...toNodeReportDto(report),
      activityInstanceId: instanceId,
    })),
    transitionInstanceValidationReports: transitionInstances.map(({ instanceId, ...report }) => ({
      ...toNodeReportDto(report),
      transitionInstanceId: instanceId,
    })),
  };
}

function toNodeReportDto({ instruction, failures, sourceScopeId }: Omit<NodeReport, 'instanceId'>) {
  return { migrationInstruction: instruction && toInstructionDto(instruction), failures, sourceScopeId };
}
