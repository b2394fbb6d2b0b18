import type { WorkLogEvent } from '@millrace/engine';
import { Type } from '@sinclair/typebox';

/** What the logs of jobs and of external tasks answer and are asked alike. */
export const LOG_EVENTS = {
  creationLog: Type.Boolean(),
  failureLog: Type.Boolean(),
  successLog: Type.Boolean(),
  deletionLog: Type.Boolean(),
};

export function eventFlags(event: WorkLogEvent) {
  return {
    creationLog: event === 'created',
    failureLog: event === 'failed',
    successLog: event === 'successful',
    deletionLog: event === 'deleted',
  };
}

/** A definition's id is `key:version:…`, and a key has no colon: it's an XML name. */
export function keyOf(processDefinitionId: string | null): string | null {
  return processDefinitionId?.split(':', 1)[0] ?? null;
}
