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
