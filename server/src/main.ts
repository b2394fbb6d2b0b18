import { type Config, ConfigError, parseConfig } from './config.js';
import { createServer, type RunningServer } from './create-server.js';
import { createLogger } from './logging.js';
import { DirectoryLockedError } from './persistence/embedded/directory-lock.js';

async function main(): Promise<void> {
  let config: Config;
  let server: RunningServer;
  try {
    config = parseConfig(process.env);
    server = await createServer(config);
  } catch (error) {
    process.stderr.write(`${sentence(error)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`Millrace is ready at ${server.url}\n`);
  const logger = createLogger(config);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // A second signal means that somebody is tired of waiting.
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    server.close().then(
      () => process.exit(0),
      (error) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** What went wrong, for whoever typed the command; with its stack only when nobody foresaw it. */
function sentence(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DirectoryLockedError) return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case '28P01':
    case '28000':
    case '3D000':
      return `The database that DATABASE_URL names can't be reached: ${message || code}.`;
    case 'EACCES':
    case 'EROFS':
      return `DATA_DIR can't be written: ${message}.`;
    default:
      return stack ?? String(error);
  }
}

await main();
