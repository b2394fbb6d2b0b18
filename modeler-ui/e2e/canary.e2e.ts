import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppPage, openApp } from './browser.js';
import { deployProcess, rest } from './rest.js';
import { taskSequence } from './small-process.js';

/** Needs a running server (E2E_BASE_URL); leaves a process with two versions behind. */
const KEY = `canary-${Date.now().toString(36)}`;

let app: AppPage;
let v1: string;
beforeAll(async () => {
  v1 = await deployProcess(KEY, taskSequence(KEY, { check: 'Check order' }));
  app = await openApp(`/modeler?definition=${encodeURIComponent(v1)}`);
});
afterAll(async () => {
  await app?.close();
});

test('an analyst deploys a canary, looks how it fares, and stops it', async () => {
  const { page, screenshot } = app;
  const byTestId = (id: string) => page.getByTestId(id);

  await byTestId('modeler-deploy').click();
  await byTestId('deploy-policy').selectOption('canary');
  await byTestId('deploy-canary-percent').fill('100');
  expect(await byTestId('deploy-confirm').isDisabled()).toBe(true);
  await byTestId('deploy-canary-percent').fill('20');
  await byTestId('deploy-confirm').click();
  await byTestId(`deployed-${KEY}`).getByRole('link').click();

  await byTestId('canary').getByText('20 % of the new instances').waitFor();
  await screenshot('canary-1-open');
  const latest = () => rest<{ id: string }>('GET', `/process-definition/key/${KEY}`);
  expect((await latest()).id).toBe(v1);

  await byTestId('canary-stop').click();
  await byTestId('canary-reason').fill('too slow');
  await byTestId('canary-confirm').click();
  await byTestId('canary').getByText('stopped, too slow').waitFor();
  await screenshot('canary-2-stopped');
  expect(await byTestId('canary-stop').count()).toBe(0);
  expect((await latest()).id).toBe(v1);
});
