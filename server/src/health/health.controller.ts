import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Database } from '../persistence/database.js';

/** For load balancers and container platforms. Needs no login. */
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  /** The server answers and reaches its data. */
  @Get(['', 'ready'])
  async ready(): Promise<{ status: string }> {
    try {
      await this.database.query('SELECT 1');
    } catch (error) {
      throw new ServiceUnavailableException('The database does not answer', { cause: error });
    }
    return { status: 'ok' };
  }

  /** The server answers. */
  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }
}
