import type { FastifyInstance } from 'fastify';
import { answered, BOARD_PATH } from './board-path.js';

/** Says at the board's address why there is none. */
export function serveNoQueueBoard(fastify: FastifyInstance): void {
  for (const path of [BOARD_PATH, `${BOARD_PATH}/*`])
    fastify.get(path, () => {
      throw answered(404, 'There are no queues to look at: this server runs without REDIS_URL');
    });
}
