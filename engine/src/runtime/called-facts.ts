import type { Run } from './run.js';

/** What the caller's mappings can ask of the instance that it called; by then the instance may be gone. */
export interface CalledFacts {
  readonly processInstanceId: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly businessKey: string | null;
  /** Where it ended, or what it threw came from. */
  readonly currentActivityId: string | null;
  readonly currentActivityName: string | null;
}

export function calledFacts({ state: { header }, model }: Run, elementId: string | null): CalledFacts {
  return {
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    businessKey: header.businessKey,
    currentActivityId: elementId,
    currentActivityName: (elementId === null ? null : model.elements.get(elementId)?.name) ?? null,
  };
}
