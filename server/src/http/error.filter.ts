import { EngineError, ParseError, type Problem } from '@millrace/engine';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { isOutage } from '../persistence/outage.js';
import { faultType } from './fault-type.js';
import type { KnownRoutes } from './known-routes.js';
import { RestError, ServiceUnavailable } from './rest-error.js';

/** The engine's and server's error codes, as status, Camunda's type name and numeric code. */
const BY_CODE: Readonly<Record<string, readonly [status: number, type: string, code: number]>> = {
  NOT_FOUND: [404, 'RestException', 0],
  INVALID_COMMAND: [400, 'RestException', 0],
  INACTIVE_VERSION: [400, 'RestException', 0],
  SUSPENDED: [400, 'SuspendedEntityInteractionException', 0],
  EXPRESSION_SYNTAX: [400, 'ParseException', 0],
  // the request was fine, and the process failed at it: as in Camunda that is the server's side
  EVALUATION_FAILED: [500, 'ProcessEngineException', 0],
  EXECUTION_FAILED: [500, 'ProcessEngineException', 0],
  DEFINITION_IN_USE: [400, 'ProcessEngineException', 0],
  MIGRATION_PLAN_INVALID: [400, 'MigrationPlanValidationException', 0],
  MIGRATING_INSTANCE_INVALID: [400, 'MigratingProcessInstanceValidationException', 0],
  OPTIMISTIC_LOCKING: [409, 'OptimisticLockingException', 1],
};

/** What PostgreSQL finds wrong with a value that came from the client (its appendix A). */
const BAD_VALUES: ReadonlySet<string> = new Set([
  '22003', // a number out of its column's range
  '22021', // a text with a NUL character
  '22025', // a LIKE pattern that ends in its escape character
]);

/** JAX-RS's names, which clients of Camunda see for errors that never reach a resource. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'InvalidRequestException',
  401: 'NotAuthorizedException',
  403: 'ForbiddenException',
  404: 'NotFoundException',
  405: 'NotAllowedException',
  413: 'InvalidRequestException',
  415: 'NotSupportedException',
};

const OUTAGE = 'The database is away or too busy, and it is unknown whether the request was carried out';
const TOO_LARGE = 'The request or one of its files is larger than this server takes (MAX_BODY_MB)';

interface Answer {
  readonly status: number;
  readonly body: { type: string; message: string; code: number | null } & Record<string, unknown>;
}

/** The only place where errors become HTTP. What isn't meant for clients is logged and answered as 500 without its text. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  /** @param report told about every error that nobody foresaw */
  constructor(
    private readonly routes: KnownRoutes,
    private readonly report: (error: unknown, method: string, url: string) => void,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    const answer = error instanceof RestError ? toAnswer(error) : this.addressed(toAnswer(error), reply);
    if (answer.status >= 500 && !isForeseen(error)) this.report(error, reply.request.method, reply.request.url);
    if (answer.status === 503) void reply.header('retry-after', String(retryAfterSeconds()));
    void reply
      .status(answer.status)
      .header('content-type', 'application/json')
      .serializer(JSON.stringify)
      .send(answer.body);
  }

  /** Says more about addresses and bodies that Fastify refused by itself. */
  private addressed(given: Answer, reply: FastifyReply): Answer {
    const { method, url, headers } = reply.request;
    if (given.body.type === 'NotSupportedException')
      return answer(415, given.body.type, `Cannot read a body of type '${headers['content-type'] ?? ''}' here`, null);
    if (given.body.type !== 'NotFoundException') return given;
    const methods = this.routes.methodsAt(url.split('?', 1)[0] ?? url);
    if (methods.length === 0) return answer(404, given.body.type, `There is nothing at ${url}`, null);
    void reply.header('allow', methods.join(', '));
    const message = `${method} is not allowed at ${url}, only ${methods.join(', ')}`;
    return answer(405, 'NotAllowedException', message, null);
  }
}

/** Told to the client in full. */
function isForeseen(error: unknown): boolean {
  return error instanceof RestError || codeOf(error) !== undefined;
}

/** Not the same for all, so that those who were refused together don't come back together. */
function retryAfterSeconds(): number {
  return 1 + Math.floor(Math.random() * 3);
}

/** How an error is told to a client. What isn't meant for clients becomes a 500 without its text. */
export function toAnswer(error: unknown): Answer {
  if (error instanceof RestError) return answer(error.status, error.type, error.message, error.errorCode, error.extra);
  if (error instanceof ParseError)
    return answer(400, 'ParseException', parseMessage(error), 0, { details: parseDetails(error) });
  const known = codeOf(error);
  if (known) return answer(known[0], faultType(error) ?? known[1], (error as Error).message, known[2]);
  if (isBadValue(error)) return answer(400, 'InvalidRequestException', `A value is invalid: ${error.message}`, null);
  if (isOutage(error)) return toAnswer(new ServiceUnavailable(OUTAGE));
  const status = statusOf(error);
  if (status === 413) return answer(413, BY_STATUS[413]!, TOO_LARGE, null);
  if (status !== null && status < 500)
    return answer(status, BY_STATUS[status] ?? 'RestException', (error as Error).message, null);
  return answer(500, 'ProcessEngineException', 'The server failed unexpectedly; its log has the details', 0);
}

function answer(
  status: number,
  type: string,
  message: string,
  code: number | null,
  extra: Readonly<Record<string, unknown>> = {},
): Answer {
  return { status, body: { type, message, code, ...extra } };
}

function codeOf(error: unknown) {
  if (!(error instanceof Error)) return undefined;
  const code = error instanceof EngineError ? error.code : (error as { code?: unknown }).code;
  return typeof code === 'string' ? BY_CODE[code] : undefined;
}

function isBadValue(error: unknown): error is Error {
  return error instanceof Error && BAD_VALUES.has(String((error as { code?: unknown }).code));
}

function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : null;
}

function parseMessage({ message }: ParseError): string {
  return `ENGINE-09005 Could not parse BPMN process. Errors: \n${message}`;
}

function parseDetails({ resourceName, problems, warnings }: ParseError) {
  return { [resourceName]: { errors: problems.map(problemOf), warnings: warnings.map(problemOf) } };
}

function problemOf({ message, line, column, elementId, elementIds }: Problem) {
  return {
    message,
    line: line ?? 0,
    column: column ?? 0,
    mainElementId: elementId ?? null,
    elementIds: elementIds ?? (elementId === undefined ? [] : [elementId]),
  };
}
