import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpmn, END, START, sequence } from './support/models.js';
import { type OwnRedis, startOwnRedis } from './support/own-redis.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { until } from './support/until.js';

const TIMER = `<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">\${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const ASYNC = '<bpmn:task id="later" camunda:asyncBefore="true" />';
const COUNT = 10;

/** Jobs; what becomes of tasks for BullMQ workers is in worker-bridge-outage.spec.ts. */
describe.skipIf(!process.env['REDIS_URL'])('jobs while Redis fails', () => {
  let redis: OwnRedis;
  let server: TestServer;

  beforeAll(async () => {
    redis = await startOwnRedis();
    server = await startTestServer({ REDIS_URL: redis.url });
    const form = new FormData();
    form.set('deployment-name', 'jobs');
    form.set('timer.bpmn', new Blob([bpmn('timer', sequence(START, TIMER, END))]), 'timer.bpmn');
    form.set('continued.bpmn', new Blob([bpmn('continued', sequence(START, ASYNC, END))]), 'continued.bpmn');
    expect((await fetch(`${server.rest}/deployment/create`, { method: 'POST', body: form })).status).toBe(200);
  });
  afterAll(async () => {
    await server?.stop();
    await redis?.kill();
  });

  const start = async (key: string, businessKey: string, duration = 'PT1S') => {
    const answers = Array.from({ length: COUNT }, async () => {
      const { status } = await fetch(`${server.rest}/process-definition/key/${key}/start`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ businessKey, variables: { duration: { value: duration, type: 'String' } } }),
      });
      return status;
    });
    expect(await Promise.all(answers)).toEqual(Array(COUNT).fill(200));
  };
  const allEnd = (businessKey: string) =>
    until('all instances to end', async () => {
      const query = `processInstanceBusinessKey=${businessKey}&finished=true`;
      const answer = await fetch(`${server.rest}/history/process-instance/count?${query}`);
      return ((await answer.json()) as { count: number }).count === COUNT;
    });

  test('timers that an emptied Redis has lost fire', async () => {
    await start('timer', 'flushed', 'PT2S');
    await redis.flush();
    await allEnd('flushed');
  });

  test('when Redis has died under them they wait, and run when it is back', async () => {
    await start('timer', 'before');
    await redis.kill();
    await start('continued', 'meanwhile');
    await start('timer', 'meanwhile-timed');
    await redis.start();
    for (const key of ['before', 'meanwhile', 'meanwhile-timed']) await allEnd(key);
    await start('continued', 'afterwards');
    await allEnd('afterwards');
  });

  test('when Redis does not answer nobody waits for it', async () => {
    redis.freeze();
    await start('continued', 'frozen');
    redis.thaw();
    await allEnd('frozen');
  });
});
