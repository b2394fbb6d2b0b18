import type { ModificationInstruction, StartInstruction } from '@millrace/engine';
import { invalidRequest } from '../http/rest-error.js';
import { toVariables } from '../http/variable-value.js';
import type { InstructionDto } from './modification.dto.js';

/** For many instances, where nothing to do can't be meant. @throws RestError (400) */
export function requireInstructions(dtos: readonly InstructionDto[] | null | undefined): void {
  if (!dtos || dtos.length === 0)
    throw invalidRequest("The instructions are empty: 'instructions' must name at least one");
}

/** @throws RestError (400) that names the instruction and what it lacks */
export function readInstructions(
  dtos: readonly InstructionDto[] | null | undefined,
  allowed: 'all' | 'starts' = 'all',
): ModificationInstruction[] {
  return (dtos ?? []).map((dto) => {
    if (dto.type !== 'cancel') return readStart(dto);
    if (allowed === 'all') return readCancel(dto);
    throw invalidRequest("Instructions of type 'cancel' are not allowed here: nothing is running yet");
  });
}

function readStart(dto: InstructionDto): StartInstruction {
  const { type, ancestorActivityInstanceId } = dto;
  const given = Object.entries(dto.variables ?? {});
  const variables = toVariables(Object.fromEntries(given.filter(([, value]) => !value.local)));
  const localVariables = toVariables(Object.fromEntries(given.filter(([, value]) => value.local)));
  const common = {
    ...(ancestorActivityInstanceId && { ancestorActivityInstanceId }),
    ...(variables && { variables }),
    ...(localVariables && { localVariables }),
  };
  switch (type) {
    case 'startBeforeActivity':
      return { type: 'startBefore', activityId: required(dto, 'activityId'), ...common };
    case 'startAfterActivity':
      return { type: 'startAfter', activityId: required(dto, 'activityId'), ...common };
    case 'startTransition':
      return { type: 'startTransition', transitionId: required(dto, 'transitionId'), ...common };
    default:
      throw invalidRequest(
        `The type of an instruction is one of cancel, startBeforeActivity, startAfterActivity and startTransition, but it is '${type}'`,
      );
  }
}

function required(dto: InstructionDto, name: 'activityId' | 'transitionId'): string {
  const value = dto[name];
  if (value) return value;
  throw invalidRequest(`For instruction type '${dto.type}': '${name}' must be set`);
}

function readCancel({ activityId, activityInstanceId, transitionInstanceId }: InstructionDto): ModificationInstruction {
  const given = [activityId, activityInstanceId, transitionInstanceId].filter(Boolean);
  if (given.length !== 1)
    throw invalidRequest(
      "For instruction type 'cancel': exactly one of 'activityId', 'activityInstanceId' and 'transitionInstanceId' is required",
    );
  if (activityId) return { type: 'cancelActivity', activityId };
  return { type: 'cancelInstance', instanceId: activityInstanceId ?? transitionInstanceId ?? '' };
}
