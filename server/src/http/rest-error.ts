import { EvaluationError, ExecutionError } from '@millrace/engine';
import { faultType } from './fault-type.js';

/** An error that is meant for the client as it is: `{ type, message, code }` with a status. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    /** Camunda's name of the exception. */
    readonly type: string,
    message: string,
    readonly errorCode: number | null = null,
    /** Members that the answer carries besides. */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'RestError';
  }
}

/** The server can't do it now: 503 with `Retry-After`, nothing was begun or it's unknown what became of it. */
export class ServiceUnavailable extends RestError {
  constructor(message: string) {
    super(503, 'ServiceUnavailableException', `${message}; try again later`);
  }
}

/**
 * What Camunda answers where an operation of its own wraps a process that failed: 500 with the type `RestException`.
 * @param what was to be done: `Cannot complete task 1`
 */
export async function wrappingFailures<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof ExecutionError)
      throw new RestError(500, faultType(error) ?? 'RestException', `${what}: ${error.message}`, 0);
    throw error;
  }
}

/** The request's own data is wrong: 400. */
export function invalidRequest(message: string): RestError {
  return new RestError(400, 'InvalidRequestException', message);
}

/** The resource that the address names isn't there: 404. */
export function noSuchResource(message: string): RestError {
  return new RestError(404, 'InvalidRequestException', message);
}

/** A command that the engine refuses: 400, or another status. */
export function refused(message: string, status = 400): RestError {
  return new RestError(status, 'RestException', message, 0);
}
