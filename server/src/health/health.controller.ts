import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../persistence/database.js';
import { Readiness } from './readiness.js';

/** For load balancers and container platforms. Needs no login. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
  ) {}

  /** The server answers and reaches its data; 503 when it doesn't reach it, or is about to stop. */
  @Get(['', 'ready'])
  async ready(@Res({ passthrough: true }) reply: Pick<FastifyReply, 'status'>): Promise<{ status: string }> {
    if (this.readiness.isStopping) {
      reply.status(503);
      return { status: 'stopping' };
    }
    try {
      await this.database.query('SELECT 1');
      return { status: 'ok' };
    } catch {
      reply.status(503);
      return { status: 'database unavailable' };
    }
  }

  /** The server answers. */
  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }
}
