import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppPage, openApp } from './browser.js';
import { deployProcess, rest } from './rest.js';
import { taskSequence } from './small-process.js';

/** Needs a running server (E2E_BASE_URL); leaves a process with two versions and four instances behind. */
const KEY = `order-${Date.now().toString(36)}`;

interface Task {
  id: string;
  taskDefinitionKey: string;
  processInstanceId: string;
  processDefinitionId: string;
}

let app: AppPage;
let v1: string;
let v2: string;
beforeAll(async () => {
  v1 = await deployProcess(KEY, taskSequence(KEY, { check: 'Check order', archive: 'Archive order' }));
  for (let count = 0; count < 4; count++) await rest('POST', `/process-definition/${v1}/start`, {});
  const [first] = await tasks();
  await rest('POST', `/task/${first?.id}/complete`, {});
  // Version 2 has another check, and archives nothing.
  v2 = await deployProcess(KEY, taskSequence(KEY, { verify: 'Verify order', confirm: 'Confirm order' }));
  app = await openApp(`/processes/${encodeURIComponent(v1)}`);
});
afterAll(async () => {
  await app?.close();
});

test('an operator maps, tries, migrates, and takes back what has not moved on', async () => {
  const { page, screenshot } = app;
  const byTestId = (id: string) => page.getByTestId(id);
  const badge = (activityId: string) => page.locator(`.token-badge--tokens[data-activity="${activityId}"]`);
  const countOf = (verdict: string) => byTestId(`count-${verdict}`).locator('strong').textContent();
  const diagram = (version: string) => page.getByRole('region', { name: `${version} version` });

  // The version with running instances leads to its migration; the newest other version is the target.
  await byTestId('migrate').click();
  await badge('check').waitFor();
  expect(await badge('check').textContent()).toBe('3');
  expect(await badge('archive').textContent()).toBe('1');
  expect(await byTestId('migration-source').inputValue()).toBe(v1);
  expect(await byTestId('migration-target').inputValue()).toBe(v2);

  // What can't be meant is said beside the row, and can't be tried.
  const target = byTestId('plan-row-check').getByTestId('plan-target');
  expect(await target.inputValue()).toBe('');
  await target.selectOption('end');
  await byTestId('plan-row-check').getByRole('alert').first().waitFor();
  expect(await byTestId('dry-run').isDisabled()).toBe(true);
  await screenshot('migration-1-invalid-plan');

  // Chosen in the diagrams: first where the instances stand, then where they go on.
  await diagram('Source').locator('[data-element-id="check"].djs-shape .djs-hit').first().click({ force: true });
  await diagram('Target').locator('[data-element-id="verify"].djs-shape .djs-hit').first().click({ force: true });
  await byTestId('map-picked').click();
  expect(await target.inputValue()).toBe('verify');
  await diagram('Target').locator('[data-element-id="verify"].activity--selected').waitFor();
  await diagram('Source').locator('[data-element-id="check"].activity--selected').waitFor();

  // Only what there is to refresh is offered. A saved plan names versions instead of ids, and can be opened again.
  const check = byTestId('plan-row-check');
  await check.locator('summary').click();
  await check.getByTestId('refresh-assignee').selectOption('refresh');
  expect(await check.getByTestId('refresh-topic').count()).toBe(0);
  const [saved] = await Promise.all([page.waitForEvent('download'), byTestId('save-plan').click()]);
  const file = await saved.path();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    source: { key: KEY, version: 1 },
    target: { key: KEY, version: 2 },
    instructions: [{ sourceActivityIds: ['check'], targetActivityIds: ['verify'], refresh: { assignee: 'refresh' } }],
  });
  await byTestId('plan-reset').click();
  expect(await target.inputValue()).toBe('');
  await byTestId('open-plan').setInputFiles(file);
  await page.getByText('from a file').waitFor();
  expect(await target.inputValue()).toBe('verify');
  expect(await check.getByTestId('refresh-assignee').inputValue()).toBe('refresh');

  // The dry run counts, and says why by where the instances stand. Nothing has changed by it.
  await byTestId('dry-run').click();
  await byTestId('dry-run-groups').waitFor();
  expect([await countOf('clean'), await countOf('attention'), await countOf('refused')]).toEqual(['3', '0', '1']);
  expect(await byTestId('group-clean').textContent()).toContain('Check order');
  const refused = await byTestId('group-refused').textContent();
  expect(refused).toContain('Archive order');
  expect(refused).toContain('There is no migration instruction');
  expect(places(await tasks())).toEqual(['archive in v1', 'check in v1', 'check in v1', 'check in v1']);
  await screenshot('migration-2-dry-run');

  // Only the clean ones go.
  await byTestId('run-migration').click();
  await byTestId('run-confirm').click();
  const migrated = page.getByRole('region', { name: 'Migration', exact: true });
  await migrated.getByText('over', { exact: true }).waitFor();
  expect(await migrated.getByTestId('batch-counts').textContent()).toContain('3 done0 failed');
  expect(places(await tasks())).toEqual(['archive in v1', 'verify in v2', 'verify in v2', 'verify in v2']);
  await expect.poll(() => badge('check').count()).toBe(0);
  await screenshot('migration-3-migrated');

  // One of them moves on; an undo would leave that one, and says so before.
  const verify = (await tasks()).find(({ taskDefinitionKey }) => taskDefinitionKey === 'verify');
  await rest('POST', `/task/${verify?.id}/complete`, {});
  await byTestId('undo-migration').first().click();
  const preview = byTestId('undo-dialog');
  await byTestId('undo-preview').waitFor();
  expect(await byTestId('undo-preview').textContent()).toMatch(/^2 instances would be put back .* 1 stays/);
  expect(await preview.textContent()).toContain('It has moved on since its migration');
  await screenshot('migration-4-undo');
  await byTestId('undo-annotation').fill('too early');
  await byTestId('undo-confirm').click();

  const undone = page.getByRole('region', { name: 'Undo', exact: true });
  await undone.getByText('over', { exact: true }).waitFor();
  expect(await undone.getByTestId('batch-counts').textContent()).toContain('2 done0 failed1 skipped');
  const skipped = undone.getByTestId('batch-failures').locator('tbody tr');
  expect(await skipped.count()).toBe(1);
  expect(await skipped.textContent()).toContain(verify?.processInstanceId);
  expect(places(await tasks())).toEqual(['archive in v1', 'check in v1', 'check in v1', 'confirm in v2']);
  await expect.poll(() => badge('check').textContent()).toBe('2');
  await screenshot('migration-5-undone');

  expect(app.errors).toEqual([]);
}, 120_000);

const tasks = () => rest<Task[]>('GET', `/task?processDefinitionKey=${KEY}`);

function places(all: readonly Task[]): string[] {
  const versionOf = (id: string) => (id === v1 ? 'v1' : id === v2 ? 'v2' : id);
  return all
    .map(({ taskDefinitionKey, processDefinitionId }) => `${taskDefinitionKey} in ${versionOf(processDefinitionId)}`)
    .sort();
}
