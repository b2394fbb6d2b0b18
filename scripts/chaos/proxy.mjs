import { createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_DELAY_MS = 3_000;
/** How likely a report of a worker's is delayed, delivered twice, lost on its way, or its answer lost. */
const REPORTS = { delay: 0.15, duplicate: 0.15, loseRequest: 0.03, loseAnswer: 0.05 };
const FETCHES = { delay: 0, duplicate: 0, loseRequest: 0, loseAnswer: 0.03 };

/**
 * A bad network between workers and servers: each request goes to any server, and some go wrong. `calm()` makes it a good one.
 * @param serverPorts those of the servers, whether they are up or not
 */
export async function startProxy({ serverPorts, random }) {
  const counts = { requests: 0, delayed: 0, duplicated: 0, lost: 0, answersLost: 0 };
  let isCalm = false;

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });

  async function handle(incoming, outgoing) {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const message = {
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    };
    counts.requests += 1;
    const fate = fateOf(incoming);
    if (fate.loseRequest) return lose(incoming, 'lost');
    if (fate.delay) {
      counts.delayed += 1;
      await sleep(random.between(0, LONGEST_DELAY_MS));
    }
    if (fate.duplicate) {
      counts.duplicated += 1;
      const late = random.between(0, LONGEST_DELAY_MS);
      const port = random.pick(serverPorts);
      void sleep(random.chance(0.5) ? 0 : late).then(() => send(port, message).promise.catch(() => undefined));
    }
    const forwarded = send(random.pick(serverPorts), message);
    // A worker that went away must not keep its poll at the server.
    outgoing.once('close', () => outgoing.writableFinished || forwarded.abort());
    const answer = await forwarded.promise.catch(() => ({ status: 502, headers: {}, body: Buffer.from('{}') }));
    if (fate.loseAnswer) return lose(incoming, 'answersLost');
    outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    outgoing.end(answer.body);
  }

  function fateOf({ url }) {
    const isReport = /\/external-task\/[^/]+\/(complete|failure)$/.test(url);
    const chances = isReport ? REPORTS : FETCHES;
    return Object.fromEntries(
      Object.entries(chances).map(([name, probability]) => [name, random.chance(isCalm ? 0 : probability)]),
    );
  }

  function lose(incoming, what) {
    counts[what] += 1;
    incoming.socket.destroy();
  }

  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    calm: () => {
      isCalm = true;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(port, { method, path, headers, body }) {
  const { 'transfer-encoding': _, ...rest } = headers;
  const controller = new AbortController();
  const promise = new Promise((done, fail) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...rest, connection: 'close', 'content-length': body.length },
        signal: controller.signal,
        agent: false,
      },
      async (answer) => {
        try {
          const chunks = [];
          for await (const chunk of answer) chunks.push(chunk);
          const { connection: _1, 'transfer-encoding': _2, 'keep-alive': _3, ...kept } = answer.headers;
          done({ status: answer.statusCode, headers: kept, body: Buffer.concat(chunks) });
        } catch (error) {
          fail(error);
        }
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
  return { promise, abort: () => controller.abort() };
}
