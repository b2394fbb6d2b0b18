// `npm test`: builds, then runs every test. On the embedded default, or on DATABASE_URL and REDIS_URL when they are set.
import { runAll } from './run.mjs';

await runAll([
  ['build', process.execPath, ['scripts/build.mjs']],
  ['tests', 'npx', ['vitest', 'run', ...process.argv.slice(2)]],
]);
