import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { bridgeKeys, RESULTS_QUEUE, topicQueue } from '../worker-bridge/names.js';
import type { WorkerBridge } from '../worker-bridge/worker-bridge.js';
import { BoardAdapter } from './board-adapter.js';
import { answered, BOARD_PATH } from './board-path.js';

/** The dispatcher's queue of due jobs. */
const JOBS_QUEUE = 'jobs';
/** Whatever the page's package may ask for one day: nothing is loaded from elsewhere. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";

/**
 * Bull Board at `/admin/queues`, behind the same login as the data: what waits in Redis and who works on it. It can empty
 * a queue too, which costs time but no work: the database knows what is to be done.
 */
export async function serveQueueBoard(
  fastify: FastifyInstance,
  { link, prefix }: Pick<WorkerBridge, 'link' | 'prefix'>,
): Promise<void> {
  const queues = new Map<string, Queue>();
  const adapter = new BoardAdapter(BOARD_PATH);
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Millrace queues' } },
  });
  const show = (name: string) => {
    if (queues.has(name)) return;
    const queue = new Queue(name, { connection: link.commands, prefix });
    queue.on('error', (error) => link.report(error));
    queues.set(name, queue);
    board.addQueue(new BullMQAdapter(queue));
  };
  show(JOBS_QUEUE);
  show(RESULTS_QUEUE);
  await fastify.register(
    async (scope) => {
      scope.addHook('onRequest', async (_, reply) => {
        void reply.header('content-security-policy', POLICY).header('x-content-type-options', 'nosniff');
      });
      scope.addHook('preHandler', async () => {
        // BullMQ would wait for it.
        if (!link.isReady) throw answered(503, 'Redis is away, and with it the queues');
        for (const topic of await link.commands.smembers(bridgeKeys.topics(prefix))) show(topicQueue(topic));
        for (const queue of await link.commands.smembers(bridgeKeys.pinnedQueues(prefix))) show(queue);
      });
      await adapter.register(scope);
    },
    { prefix: BOARD_PATH },
  );
  fastify.addHook('onClose', async () => {
    for (const queue of queues.values()) await queue.close();
  });
}
