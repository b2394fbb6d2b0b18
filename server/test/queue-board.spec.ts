import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BullmqFixture, startBullmqFixture } from './support/bullmq-fixture.js';
import { startTestServer, type TestServer } from './support/test-server.js';
import { until } from './support/until.js';

const redisUrl = process.env['REDIS_URL'];

describe('the page of queues', () => {
  test('says why there is nothing to see without Redis', async () => {
    const server: TestServer = await startTestServer({ REDIS_URL: '' });
    try {
      for (const path of ['/admin/queues', '/admin/queues/api/queues']) {
        const answer = await fetch(server.url + path);
        expect(answer.status).toBe(404);
        expect(await answer.json()).toMatchObject({
          type: 'RestException',
          message: expect.stringContaining('REDIS_URL'),
        });
      }
    } finally {
      await server.stop();
    }
  });

  describe.skipIf(!redisUrl)('with Redis', () => {
    let fixture: BullmqFixture;
    beforeAll(async () => {
      fixture = await startBullmqFixture(redisUrl ?? '');
    });
    afterAll(() => fixture?.close());

    const open = (path: string) => fetch(`${fixture.server.url}/admin/queues${path}`);

    test('comes with all of its files from this server', async () => {
      const page = await open('');
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
      const html = await page.text();
      expect(html).not.toMatch(/<%|(href|src)="https?:/);
      expect(html).toContain('<base href="/admin/queues/"');
      const files = [...html.matchAll(/(?:href|src)="(static\/[^"]+)"/g)].map(([, path]) => path);
      expect(files.length).toBeGreaterThan(3);
      for (const file of files) expect((await open(`/${file}`)).status, file).toBe(200);
    });

    test('shows jobs, results and the queues of topics that have workers', async () => {
      fixture.startWorker('shown', () => ({}));
      const names = await until('the topic to be shown', async () => {
        const { queues } = (await (await open('/api/queues')).json()) as { queues: { name: string }[] };
        const found = queues.map(({ name }) => name);
        return found.includes('topic.shown') && found;
      });
      expect(names).toEqual(expect.arrayContaining(['jobs', 'results', 'topic.shown']));
    });
  });
});
