import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { TObject, TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryDefinition } from './query-input.js';
import { invalidRequest } from './rest-error.js';
import { validator } from './validate.js';

/** What the parameters of one handler take from the request, for the API description. */
export interface Inputs {
  path: string[];
  query: TSchema[];
  body?: TSchema;
  /** A list's query, in the query string of a `GET` and in the body of a `POST`. */
  listing?: { readonly definition: QueryDefinition; readonly paged: boolean };
}

const INPUTS = Symbol('inputs');

export function inputsOf(prototype: object, method: string): Inputs {
  return Reflect.getMetadata(INPUTS, prototype, method) ?? { path: [], query: [] };
}

function describe(target: object, method: string | symbol | undefined, add: (inputs: Inputs) => void): void {
  if (method === undefined) throw new Error('Parameters of constructors take nothing from a request');
  const inputs = inputsOf(target, String(method));
  add(inputs);
  Reflect.defineMetadata(INPUTS, inputs, target, method);
}

/** A parameter that is read straight from the request: no pipes, so that a call costs no more than the reading. */
export function fromRequest(
  read: (request: FastifyRequest, reply: FastifyReply) => unknown,
  add: (inputs: Inputs) => void = () => {},
): ParameterDecorator {
  const extract = createParamDecorator((_: unknown, context: ExecutionContext) => {
    const http = context.switchToHttp();
    return read(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  });
  return (target, method, index) => {
    describe(target, method, add);
    extract()(target, method, index);
  };
}

/** A part of the address, decoded. */
export function Path(name: string): ParameterDecorator {
  return fromRequest(
    (request) => (request.params as Record<string, string>)[name],
    ({ path }) => path.push(name),
  );
}

/** The JSON body, checked. No body at all counts as `{}`. @throws RestError (400) */
export function Body(schema: TSchema): ParameterDecorator {
  const check = validator(schema);
  return fromRequest(
    (request) => check(request.body ?? {}),
    (inputs) => {
      inputs.body = schema;
    },
  );
}

/** Query parameters as one object of texts, numbers and booleans; those that the schema doesn't name are left out. */
export function QueryParams(schema: TObject): ParameterDecorator {
  const check = validator(schema, 'The query');
  const names = Object.keys(schema.properties);
  return fromRequest(
    (request) => {
      const given = queryOf(request);
      return check(
        Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))),
      );
    },
    ({ query }) => query.push(schema),
  );
}

/** Where the client sees `/engine-rest`, for links in answers: `http://localhost:8080/engine-rest`. */
export function BaseUrl(): ParameterDecorator {
  return fromRequest(({ protocol, host }) => `${protocol}://${host}/engine-rest`);
}

/** The id of the user who sent the request, or null without authentication. */
export function UserId(): ParameterDecorator {
  return fromRequest((request) => request.userId ?? null);
}

/** The query string's parameters; of those given twice the first counts. */
export function queryOf(request: FastifyRequest): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query as Record<string, string | string[]>)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) result[name] = first;
  }
  return result;
}

/** The JSON body as an object. @throws RestError (400) */
export function objectBody(request: FastifyRequest): Record<string, unknown> {
  const body = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) throw invalidRequest('The request body must be a JSON object');
  return body as Record<string, unknown>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by authentication. */
    userId?: string | null;
  }
}
