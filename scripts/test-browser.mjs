// Browser tests: runs what `npm start` runs on a port and a folder of its own, then the specs of modeler-ui/e2e against it.
// CHROMIUM names the browser (default /usr/bin/chromium), E2E_SCREENSHOTS a folder for pictures of the pages.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './lib/free-port.mjs';
import { root, run } from './run.mjs';

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'millrace-browser-'));
const app = spawn(process.execPath, ['scripts/start.mjs'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, PORT: String(port), DATA_DIR: join(folder, 'data'), LOAN_DATA_DIR: join(folder, 'workers') },
});
const ended = new Promise((done) => app.once('exit', done));
await new Promise((done, fail) => {
  void ended.then((code) => fail(new Error(`npm start ended with code ${code}`)));
  app.stdout.on('data', (text) => {
    process.stdout.write(text);
    if (String(text).includes('Millrace is ready')) done();
  });
});
const env = {
  E2E_BASE_URL: `http://127.0.0.1:${port}`,
  E2E_SCREENSHOTS: process.env.E2E_SCREENSHOTS ?? join(folder, 'screenshots'),
};
const code = await run(
  'npx',
  ['vitest', 'run', '--config', 'modeler-ui/e2e/vitest.config.ts', ...process.argv.slice(2)],
  { env },
);
app.kill('SIGTERM');
await ended;
rmSync(folder, { recursive: true, force: true });
process.exit(code);
