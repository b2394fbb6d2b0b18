import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createRest, RestError } from './rest.mjs';
import { submit } from './submit.mjs';

const servers = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers by the function: `[status, body]`, or nothing to cut the connection. */
async function serve(answer) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const reply = answer(
      request.method,
      request.url,
      chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : undefined,
    );
    if (!reply) return request.socket.destroy();
    response.writeHead(reply[0], { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply[1]));
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

describe('the REST client of the demo', () => {
  test('goes to the next of several servers, also with what one of them did not answer', async () => {
    const heard = [];
    const urls = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        serve(() => {
          heard.push(name);
          return name === 'b' ? undefined : [200, {}];
        }),
      ),
    );
    const rest = createRest({ urls });
    for (let i = 0; i < 3; i += 1) await rest.get('/version');
    expect(new Set(heard)).toEqual(new Set(['a', 'b', 'c']));
    expect(heard.filter((name) => name !== 'b')).toHaveLength(3);
  });

  test('sends again what a server did not answer', async () => {
    let calls = 0;
    const url = await serve(() => {
      calls += 1;
      return calls < 3 ? undefined : [200, { count: 7 }];
    });
    const outages = [];
    const rest = createRest({ url, onOutage: (reason) => outages.push(reason) });
    expect(await rest.count('/task/count')).toBe(7);
    expect(outages).toHaveLength(2);
  });

  test('takes a refusal for an answer', async () => {
    let calls = 0;
    const url = await serve(() => {
      calls += 1;
      return [400, { type: 'RestException', message: 'nobody waits' }];
    });
    await expect(createRest({ url }).post('/message', {})).rejects.toThrow(RestError);
    expect(calls).toBe(1);
  });

  test('gives up when the server stays away', async () => {
    const url = await serve(() => undefined);
    const rest = createRest({ url, outageLimitMs: 50 });
    await expect(rest.get('/version')).rejects.toThrow(/GET \/version failed/);
  });

  test('reads all pages of a list', async () => {
    const all = Array.from({ length: 601 }, (_, id) => ({ id }));
    const url = await serve((_method, path) => {
      const query = new URL(path, 'http://server').searchParams;
      const first = Number(query.get('firstResult'));
      return [200, all.slice(first, first + Number(query.get('maxResults')))];
    });
    expect(await createRest({ url }).list('/task?sortBy=created')).toEqual(all);
  });
});

describe('an application whose start got no answer', () => {
  const application = { businessKey: 'APP-0001', channel: 'start', variables: { amount: 1000 } };

  /** Every start is cut off; `keepsIt` says whether the instance is there afterwards. */
  async function startOn(keepsIt) {
    const instances = [];
    let starts = 0;
    const url = await serve((method, path) => {
      if (method === 'GET' && path.includes('processInstanceBusinessKey=APP-0001')) return [200, instances];
      starts += 1;
      if (starts === 1) {
        if (keepsIt) instances.push({ id: 'first' });
        return undefined;
      }
      return [200, { id: 'second' }];
    });
    return { id: await submit(createRest({ url }), application), starts };
  }

  test('is not started twice when it had arrived', async () => {
    expect(await startOn(true)).toMatchObject({ id: 'first' });
  });

  test('is started again when it had not', async () => {
    expect(await startOn(false)).toMatchObject({ id: 'second' });
  });
});
