import { applyDecorators, Controller, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import type { TSchema } from '@sinclair/typebox';

/** What the API description says of one operation, beside what its parameters say. */
export interface RouteOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the resource's path, with `:name` for parameters; empty for the resource itself. */
  readonly path?: string;
  readonly operationId: string;
  /** Further addresses that answer the same, with their operation ids. */
  readonly alsoAt?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Of a success; 200 with a response, else 204. */
  readonly status?: number;
  readonly response?: TSchema;
  /** Of an answer that isn't JSON: the media type. */
  readonly produces?: string;
  /** Of a request that isn't JSON. */
  readonly consumes?: { readonly mediaType: string; readonly schema: TSchema };
}

export interface ResourceOptions {
  readonly path: string;
  readonly tag: string;
}

export const RESOURCE = Symbol('resource');
export const ROUTE = Symbol('route');

/** A controller at `/engine-rest/<path>`. */
export function Resource(path: string, tag: string): ClassDecorator {
  const full = path === '' ? 'engine-rest' : `engine-rest/${path}`;
  return applyDecorators(Controller(full), (target: object) => {
    Reflect.defineMetadata(RESOURCE, { path: full, tag } satisfies ResourceOptions, target);
  }) as ClassDecorator;
}

/** A controller at `/api/<path>`: what Camunda 7 has no word for. */
export function ApiResource(path: string, tag: string): ClassDecorator {
  const full = `api/${path}`;
  return applyDecorators(Controller(full), (target: object) => {
    Reflect.defineMetadata(RESOURCE, { path: full, tag } satisfies ResourceOptions, target);
  }) as ClassDecorator;
}

/** A method that answers one operation: its address, success status and description in one place. */
export function Route(options: RouteOptions): MethodDecorator {
  return applyDecorators(
    RequestMapping({
      method: RequestMethod[options.method],
      path: [options.path ?? '', ...Object.keys(options.alsoAt ?? {})],
    }),
    HttpCode(successStatus(options)),
    (target: object, property?: string | symbol) => {
      if (property !== undefined) Reflect.defineMetadata(ROUTE, options, target, property);
    },
  ) as MethodDecorator;
}

export function successStatus({ status, response, produces }: RouteOptions): number {
  return status ?? (response || produces ? 200 : 204);
}
