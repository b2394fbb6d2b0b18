import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Static, Type } from '@sinclair/typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boolean, date, integer, texts, variables } from '../src/http/filters.js';
import { configureHttp } from '../src/http/http-server.js';
import { JsonAdapter } from '../src/http/json-adapter.js';
import { Body, Path, QueryParams, UserId } from '../src/http/parameters.js';
import { defineQuery, QueryInput } from '../src/http/query-input.js';
import { noSuchResource } from '../src/http/rest-error.js';
import { Resource, Route } from '../src/http/route.js';
import { DateText, Dto, Maybe, Nullable } from '../src/http/schema.js';
import { toVariables, VariablesDto } from '../src/http/variable-value.js';

const CupDto = Dto('CupDto', { id: Type.String(), owner: Nullable(Type.String()) });
const FillDto = Dto('FillDto', {
  litres: Type.Number(),
  spoons: Maybe(Type.Integer()),
  label: Maybe(Type.String()),
  hot: Maybe(Type.Boolean()),
  until: Maybe(DateText()),
  variables: Maybe(VariablesDto),
});
const CupQuery = defineQuery({
  name: 'CupQueryDto',
  filters: { size: integer, full: boolean, madeAfter: date, ownerIn: texts, traits: variables },
  sortBy: ['id', 'size'],
  orQueries: true,
});
const Shape = Type.Object({ handles: Type.Optional(Type.Integer()), blue: Type.Optional(Type.Boolean()) });

@Injectable()
class Cupboard {
  cup(id: string) {
    if (id === 'none') throw noSuchResource(`There is no cup '${id}'`);
    return { id, owner: null };
  }
}

@Resource('cup', 'Cup')
class CupController {
  constructor(private readonly cups: Cupboard) {}

  @Route({ method: 'GET', operationId: 'getCups', summary: 'Cups', response: Type.Array(CupDto) })
  list(@QueryInput(CupQuery) input: QueryInput) {
    return { input };
  }

  @Route({ method: 'POST', operationId: 'queryCups', summary: 'Cups', response: Type.Array(CupDto) })
  query(@QueryInput(CupQuery) input: QueryInput) {
    return { input };
  }

  @Route({ method: 'GET', path: ':id', operationId: 'getCup', summary: 'A cup', response: CupDto })
  get(@Path('id') id: string, @QueryParams(Shape) shape: Static<typeof Shape>, @UserId() userId: string | null) {
    return { ...this.cups.cup(id), shape, userId };
  }

  @Route({ method: 'POST', path: ':id/fill', operationId: 'fillCup', summary: 'Fill a cup', response: FillDto })
  fill(@Body(FillDto) body: Static<typeof FillDto>) {
    return { ...body, variables: toVariables(body.variables) };
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'breakCup', summary: 'Break a cup' })
  break(@Path('id') id: string): void {
    if (id === 'iron') throw new Error('It does not break: secret');
  }
}

@Controller('elsewhere')
class OtherController {
  @Get()
  get() {
    return { other: true };
  }
}

@Module({ controllers: [CupController, OtherController], providers: [Cupboard] })
class CupModule {}

let app: NestFastifyApplication;
const reported: unknown[] = [];

beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(CupModule, new JsonAdapter(), {
    bodyParser: false,
    logger: false,
  });
  await configureHttp(app, { browserAppDirectory: null, reportError: (error) => reported.push(error) });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

async function call(
  method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'HEAD',
  url: string,
  body?: unknown,
  type = 'application/json',
) {
  const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
  const headers = body === undefined ? {} : { 'content-type': type };
  const answer = await app.inject({ method, url, headers, ...payload });
  const json = answer.headers['content-type'] === 'application/json' && answer.body !== '';
  return { status: answer.statusCode, type: answer.headers['content-type'], body: json ? answer.json() : answer.body };
}

describe('answers', () => {
  test('are application/json without a charset, as strict clients want them', async () => {
    expect(await call('GET', '/engine-rest/cup/1')).toEqual({
      status: 200,
      type: 'application/json',
      body: { id: '1', owner: null, shape: {}, userId: null },
    });
  });

  test('are the same under the name of the default engine', async () => {
    const { status, body } = await call('GET', '/engine-rest/engine/default/cup/1?handles=2');
    expect([status, body.shape]).toEqual([200, { handles: 2 }]);
  });

  test('have no body when there is nothing to say', async () => {
    expect(await call('DELETE', '/engine-rest/cup/1')).toEqual({ status: 204, type: undefined, body: '' });
  });

  test('to HEAD have a head only', async () => {
    expect(await call('HEAD', '/engine-rest/cup/1')).toMatchObject({ status: 200, type: 'application/json', body: '' });
  });
});

describe('a refused request', () => {
  const refused = (status: number, type: string, message: RegExp) => ({
    status,
    type: 'application/json',
    body: { type, message: expect.stringMatching(message), code: null },
  });

  test('names the resource that is not there', async () => {
    expect(await call('GET', '/engine-rest/cup/none')).toEqual(refused(404, 'InvalidRequestException', /cup 'none'/));
  });

  test('says so when the address leads nowhere', async () => {
    expect(await call('GET', '/engine-rest/teapot')).toEqual(refused(404, 'NotFoundException', /teapot/));
  });

  test('says so when the method is not allowed there', async () => {
    expect(await call('PUT', '/engine-rest/cup/1', {})).toEqual(refused(405, 'NotAllowedException', /PUT/));
  });

  test('says so when the body is not JSON', async () => {
    expect(await call('POST', '/engine-rest/cup/1/fill', '{bad')).toEqual(
      refused(400, 'InvalidRequestException', /not JSON/),
    );
  });

  test('says so when the body is of another kind', async () => {
    expect(await call('POST', '/engine-rest/cup/1/fill', 'x', 'text/plain')).toEqual(
      refused(415, 'NotSupportedException', /text\/plain/),
    );
  });

  test.each([
    [{}, /'litres' expected required property/],
    [{ litres: 'much' }, /'litres' expected number, got "much"/],
    [{ litres: 1, spoons: 1.5 }, /'spoons' expected integer, got 1.5/],
    [{ litres: 1, until: 'tomorrow' }, /'until' .*date-time.*"tomorrow"/],
    [{ litres: 1, label: {} }, /'label' expected string/],
    [[], /expected object/],
    [{ litres: 1, variables: { a: { value: 'x', type: 'Integer' } } }, /variable 'a'.*"x" is not of type Integer/],
    [{ litres: 1, variables: { a: { value: 3e9, type: 'integer' } } }, /too large for type Integer/],
    [{ litres: 1, variables: { a: { value: 1, type: 'Number' } } }, /'Number' is none of the types/],
    [{ litres: 1, variables: { a: { value: '{', type: 'Json' } } }, /is not JSON text/],
    [{ litres: 1, variables: { a: { value: '2020-13-01', type: 'Date' } } }, /is not a Date/],
    [{ litres: 1, variables: 5 }, /'variables' expected object/],
  ])('names the member that is wrong: %j', async (body, message) => {
    expect(await call('POST', '/engine-rest/cup/1/fill', body)).toEqual(
      refused(400, 'InvalidRequestException', message),
    );
  });

  test('for a bug of ours tells the log everything and the client nothing', async () => {
    const { status, body } = await call('DELETE', '/engine-rest/cup/iron');
    expect([status, body.type]).toEqual([500, 'ProcessEngineException']);
    expect(body.message).not.toContain('secret');
    expect(String(reported.at(-1))).toContain('secret');
  });
});

describe('a body', () => {
  test('may hold numbers as texts and the reverse, and members nobody knows', async () => {
    const { body } = await call('POST', '/engine-rest/cup/1/fill', {
      litres: '1.5',
      label: 7,
      hot: 'true',
      mystery: 1,
    });
    expect(body).toMatchObject({ litres: 1.5, label: '7', hot: true });
  });

  test('gives variables their types', async () => {
    const { body } = await call('POST', '/engine-rest/cup/1/fill', {
      litres: 1,
      variables: {
        a: { value: 1 },
        b: { value: 3_000_000_000 },
        c: { value: 1.5 },
        d: { value: null },
        e: { value: '2026-11-23T03:00:00.000+0200', type: 'date' },
        f: { value: '9007199254740993', type: 'Long' },
        g: {
          value: '{"x":1}',
          type: 'Object',
          valueInfo: { objectTypeName: 'a.B', serializationDataFormat: 'application/json' },
        },
        h: { value: 'YQ==', type: 'File', valueInfo: { filename: 'a.txt', mimetype: 'text/plain' } },
        i: { value: 'x', valueInfo: { transient: true } },
        j: {},
        k: { value: { x: [1] } },
      },
    });
    expect(body.variables).toEqual({
      a: { type: 'Integer', value: 1 },
      b: { type: 'Long', value: 3_000_000_000 },
      c: { type: 'Double', value: 1.5 },
      d: { type: 'Null', value: null },
      e: { type: 'Date', value: '2026-11-23T01:00:00.000Z' },
      f: { type: 'Long', value: '9007199254740993' },
      g: {
        type: 'Object',
        value: '{"x":1}',
        valueInfo: { objectTypeName: 'a.B', serializationDataFormat: 'application/json' },
      },
      h: { type: 'File', value: 'YQ==', valueInfo: { filename: 'a.txt', mimetype: 'text/plain' } },
      i: { type: 'String', value: 'x', transient: true },
      j: { type: 'Null', value: null },
      k: {
        type: 'Object',
        value: '{"x":[1]}',
        valueInfo: { objectTypeName: 'java.util.LinkedHashMap', serializationDataFormat: 'application/json' },
      },
    });
  });
});

describe('a query', () => {
  test('reads the query string', async () => {
    const { body } = await call(
      'GET',
      '/engine-rest/cup?size=3&full=TRUE&madeAfter=2026-01-01T00:00:00.000%2B0100&ownerIn=a,b&traits=my_name_gteq_x_y&sortBy=size&sortOrder=desc&firstResult=2&maxResults=5&unknown=1',
    );
    expect(body.input).toEqual({
      filters: {
        size: 3,
        full: true,
        madeAfter: '2025-12-31T23:00:00.000Z',
        ownerIn: ['a', 'b'],
        traits: [{ name: 'my_name', operator: 'gteq', value: 'x_y' }],
      },
      orQueries: [],
      sorting: [{ by: 'size', order: 'DESC', parameters: {} }],
      firstResult: 2,
      maxResults: 5,
    });
  });

  test('reads a body, with alternatives, several sortings and typed values', async () => {
    const { body } = await call('POST', '/engine-rest/cup?maxResults=1', {
      size: '3',
      full: null,
      traits: [{ name: 'n', operator: 'gt', value: 500 }],
      orQueries: [{ size: 1, full: true }],
      sorting: [
        { sortBy: 'size', sortOrder: 'asc' },
        { sortBy: 'id', sortOrder: 'desc', parameters: { variable: 'x' } },
      ],
    });
    expect(body.input).toEqual({
      filters: { size: 3, traits: [{ name: 'n', operator: 'gt', value: 500 }] },
      orQueries: [{ size: 1, full: true }],
      sorting: [
        { by: 'size', order: 'ASC', parameters: {} },
        { by: 'id', order: 'DESC', parameters: { variable: 'x' } },
      ],
      firstResult: 0,
      maxResults: 1,
    });
  });

  test('may be a POST without any body', async () => {
    expect((await call('POST', '/engine-rest/cup')).status).toBe(200);
    expect((await call('POST', '/engine-rest/cup', '')).status).toBe(200);
  });

  test.each([
    'sortBy=colour&sortOrder=asc',
    'sortBy=id',
    'sortBy=id&sortOrder=up',
    'size=x',
    'full=perhaps',
    'madeAfter=2026-01-01',
    'traits=a',
    'traits=a_zz_b',
  ])('with %s is refused', async (query) => {
    const { status, body } = await call('GET', `/engine-rest/cup?${query}`);
    expect([status, body.type]).toEqual([400, 'InvalidRequestException']);
  });
});

test('paging by something that is no number is answered as Camunda does, with 404', async () => {
  const { status, body } = await call('GET', '/engine-rest/cup?maxResults=x');
  expect([status, body.type]).toEqual([404, 'QueryParamException']);
});

describe('the API description', () => {
  test('holds every operation with its schemas by name', async () => {
    const { body } = await call('GET', '/api-docs/json');
    expect(Object.keys(body.paths)).toEqual([
      '/engine-rest/cup',
      '/engine-rest/cup/{id}',
      '/engine-rest/cup/{id}/fill',
    ]);
    expect(body.paths['/engine-rest/cup/{id}/fill'].post).toMatchObject({
      operationId: 'fillCup',
      tags: ['Cup'],
      parameters: [{ name: 'id', in: 'path', required: true }],
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/FillDto' } } } },
    });
    expect(body.paths['/engine-rest/cup'].get.parameters.map((p: { name: string }) => p.name)).toContain('madeAfter');
    expect(JSON.stringify(body)).not.toContain('$id');
    const names = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    for (const name of names) expect(body.components.schemas).toHaveProperty(String(name));
  });

  test('can be read in the browser', async () => {
    await app.listen(0, '127.0.0.1');
    const base = await app.getUrl();
    const page = await fetch(`${base}/api-docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.url).toBe(`${base}/api-docs/`);
    expect(await page.text()).toContain('swagger-ui-bundle.js');
    expect(await (await fetch(`${base}/api-docs/swagger-ui-init.js`)).text()).toContain('/api-docs/json');
    expect((await fetch(`${base}/api-docs/swagger-ui.css`)).status).toBe(200);
    expect((await fetch(`${base}/api-docs/nothing`)).status).toBe(404);
  });
});
