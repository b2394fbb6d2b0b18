import { type Static, Type } from '@sinclair/typebox';
import {
  CompleteExternalTaskDto,
  ExtendLockDto,
  ExternalTaskBpmnErrorDto,
  ExternalTaskFailureDto,
} from '../external-task/external-task.dto.js';
import { invalidRequest } from '../http/rest-error.js';
import { validator } from '../http/validate.js';

const EnvelopeDto = Type.Object({
  externalTaskId: Type.String({ minLength: 1 }),
  topicName: Type.String({ minLength: 1 }),
  /** As engine-rest takes it. */
  body: Type.Object({ workerId: Type.String({ minLength: 1, description: 'Who holds the lock: as the task said' }) }),
  from: Type.Object({ workerId: Type.String({ minLength: 1 }), version: Type.Union([Type.String(), Type.Null()]) }),
  /** What is to be done when a result can't be taken. */
  ifRefused: Type.Optional(
    Type.Object({ retries: Type.Integer({ minimum: 0 }), retryTimeoutMs: Type.Integer({ minimum: 0 }) }),
  ),
  /** With `extendLock`: names the question that the answer belongs to. */
  requestId: Type.Optional(Type.String({ minLength: 1 })),
  /** The server's own note: how often it failed at this result. */
  serverErrors: Type.Optional(Type.Integer({ minimum: 0 })),
});
/** What every message on the queue `results` holds; its kind is the job's name. */
export type ResultEnvelope = Static<typeof EnvelopeDto>;

const BODIES = {
  complete: validator(CompleteExternalTaskDto, "The result's body"),
  failure: validator(ExternalTaskFailureDto, "The result's body"),
  bpmnError: validator(ExternalTaskBpmnErrorDto, "The result's body"),
  extendLock: validator(ExtendLockDto, "The result's body"),
};

export type Result =
  | { readonly kind: 'complete'; readonly body: CompleteExternalTaskDto }
  | { readonly kind: 'failure'; readonly body: ExternalTaskFailureDto }
  | { readonly kind: 'bpmnError'; readonly body: ExternalTaskBpmnErrorDto }
  | { readonly kind: 'extendLock'; readonly body: ExtendLockDto };

/** @throws RestError (400): what it is about can't be told */
export const readEnvelope = validator(EnvelopeDto, 'The result');

/** @throws RestError (400) that says what is wrong with it */
export function readResult(kind: string, { body }: ResultEnvelope): Result {
  if (!Object.hasOwn(BODIES, kind)) throw invalidRequest(`A result can't be of the kind '${kind}'`);
  const known = kind as Result['kind'];
  return { kind: known, body: BODIES[known](body) } as Result;
}
