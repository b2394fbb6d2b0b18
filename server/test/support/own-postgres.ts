import { existsSync } from 'node:fs';

export {
  type PrivatePostgres as OwnPostgres,
  startPostgres as startOwnPostgres,
} from '../../../scripts/lib/services.mjs';

/** Tests that stop a PostgreSQL bring their own; DATABASE_URL only says that tests with a PostgreSQL are wanted. */
export const canOwnPostgres = Boolean(process.env['DATABASE_URL']) && existsSync('/usr/lib/postgresql');
