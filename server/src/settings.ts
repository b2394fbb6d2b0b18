import type { Logger } from 'pino';
import type { Config } from './config.js';

/** How this server was started, for resources that depend on it. */
export class ServerSettings {
  constructor(
    readonly config: Config,
    readonly logger: Logger,
  ) {}
}
