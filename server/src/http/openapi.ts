import type { TSchema } from '@sinclair/typebox';
import { inputsOf } from './parameters.js';
import { bodySchema, PAGING, textSchema } from './query-input.js';
import { RESOURCE, type ResourceOptions, ROUTE, type RouteOptions, successStatus } from './route.js';
import { ExceptionDto } from './schema.js';

/** OpenAPI 3.1: its schemas are JSON Schema, so that ours go in as they are. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, unknown>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: unknown;
}

type Controller = abstract new (...args: never[]) => unknown;

/** One document of all operations that the controllers declare with `@Resource` and `@Route`. */
export function buildOpenApi(controllers: readonly unknown[]): OpenApiDocument {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, Operation>> = {};
  const tags = new Set<string>();
  for (const controller of controllers as Controller[]) {
    const resource: ResourceOptions | undefined = Reflect.getMetadata(RESOURCE, controller);
    if (!resource) continue;
    for (const method of Object.getOwnPropertyNames(controller.prototype)) {
      const route: RouteOptions | undefined = Reflect.getMetadata(ROUTE, controller.prototype, method);
      if (!route) continue;
      tags.add(resource.tag);
      const addresses = { [route.path ?? '']: route.operationId, ...route.alsoAt };
      for (const [path, operationId] of Object.entries(addresses)) {
        const address = `/${[resource.path, path].filter((part) => part !== '').join('/')}`.replaceAll(
          /:(\w+)/g,
          '{$1}',
        );
        const operation = operationOf(
          controller.prototype,
          method,
          { ...route, path, operationId },
          resource.tag,
          schemas,
        );
        paths[address] = { ...paths[address], [route.method.toLowerCase()]: operation };
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version: '0.1.0',
      description: 'BPMN processes: deploy, start, work on, watch. The paths below /engine-rest follow Camunda 7.',
    },
    tags: [...tags].sort().map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

function operationOf(
  prototype: object,
  method: string,
  route: RouteOptions,
  tag: string,
  schemas: Record<string, unknown>,
): Operation {
  const { query, body, listing } = inputsOf(prototype, method);
  const posted = listing && route.method === 'POST';
  const querySchemas = [
    ...query,
    ...(listing && !posted ? [textSchema(listing.definition, listing.paged)] : []),
    ...(posted && listing.paged ? [PAGING] : []),
  ];
  const json = posted ? bodySchema(listing.definition) : body;
  const content = route.consumes
    ? { [route.consumes.mediaType]: { schema: reference(route.consumes.schema, schemas) } }
    : json && { 'application/json': { schema: reference(json, schemas) } };
  return {
    operationId: route.operationId,
    tags: [tag],
    summary: route.summary,
    parameters: [
      ...[...(route.path ?? '').matchAll(/:(\w+)/g)].map(([, name = '']) =>
        parameter(name, 'path', true, { type: 'string' }),
      ),
      ...querySchemas.flatMap((schema) => parametersOf(schema, schemas)),
    ],
    ...(content && { requestBody: { content } }),
    responses: {
      [successStatus(route)]: success(route, schemas),
      default: {
        description: 'The request was refused',
        content: { 'application/json': { schema: reference(ExceptionDto, schemas) } },
      },
    },
  };
}

function success(route: RouteOptions, schemas: Record<string, unknown>): unknown {
  if (route.produces) return { description: route.summary, content: { [route.produces]: {} } };
  if (!route.response) return { description: 'Done' };
  return {
    description: route.summary,
    content: { 'application/json': { schema: reference(route.response, schemas) } },
  };
}

function parametersOf(schema: TSchema, schemas: Record<string, unknown>): Parameter[] {
  const { properties, required } = schema as unknown as { properties: Record<string, TSchema>; required?: string[] };
  return Object.entries(properties).map(([name, property]) =>
    parameter(name, 'query', required?.includes(name) ?? false, reference(property, schemas)),
  );
}

function parameter(name: string, place: 'path' | 'query', required: boolean, schema: unknown): Parameter {
  return { name, in: place, required, schema };
}

/** The schema with every named one inside moved to the components. */
function reference(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => reference(item, schemas));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $id, ...rest } = schema as { $id?: string } & Record<string, unknown>;
  if (typeof rest['$ref'] === 'string') return { $ref: `#/components/schemas/${rest['$ref']}` };
  if ($id === undefined)
    return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, reference(value, schemas)]));
  if (!($id in schemas)) {
    schemas[$id] = {}; // a schema may contain itself
    schemas[$id] = reference(rest, schemas);
  }
  return { $ref: `#/components/schemas/${$id}` };
}
