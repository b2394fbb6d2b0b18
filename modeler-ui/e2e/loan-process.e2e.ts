import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppPage, openApp } from './browser.js';

/**
 * Needs a running server (E2E_BASE_URL) with the loan process deployed and its workers running; leaves a new version
 * and one instance behind.
 */
const RUN = Date.now().toString(36);
const BUSINESS_KEY = `E2E-${RUN}`;
const TASK_NAME = `Review application ${RUN}`;
/** Workers and jobs have to bring the instance to the underwriter. */
const WORKERS_TIMEOUT_MS = 60_000;

/** An application that no rule decides: too much money to be approved unseen, too good to be rejected. */
const APPLICATION: [name: string, type: string, value: string][] = [
  ['documentsComplete', 'Boolean', 'true'],
  ['amount', 'Integer', '9000'],
  ['durationMonths', 'Integer', '24'],
  ['purpose', 'String', 'used_car'],
  ['installmentRatePercent', 'Integer', '3'],
  ['debtors', 'String', 'none'],
  ['property', 'String', 'real_estate'],
  ['checkingAccount', 'String', '200_or_salary'],
  ['savings', 'String', 'over_1000'],
  ['creditHistory', 'String', 'existing_paid'],
  ['existingCredits', 'Integer', '1'],
  ['age', 'Integer', '41'],
  ['dependents', 'Integer', '1'],
  ['job', 'String', 'skilled'],
  ['employment', 'String', 'over_7y'],
  ['housing', 'String', 'own'],
  ['residenceYears', 'Integer', '4'],
  ['telephone', 'Boolean', 'true'],
];

let app: AppPage;
beforeAll(async () => {
  app = await openApp('/modeler');
});
afterAll(async () => {
  await app?.close();
});

test('an analyst changes the loan process, deploys it, and an underwriter works in the new version', async () => {
  const { page, screenshot } = app;
  const byTestId = (id: string) => page.getByTestId(id);

  // Open the deployed loan process in the modeler.
  await byTestId('modeler-open').click();
  await byTestId('open-confirm-loan-application').click();
  await page.locator('[data-element-id="ReviewApplication"]').first().waitFor();
  const before = await versionShown();
  await screenshot('1-modeler-opened');

  // Rename the underwriter's task, and deploy at once: what was typed last must be part of the new version.
  await page.locator('[data-element-id="ReviewApplication"].djs-shape .djs-hit').first().click({ force: true });
  const properties = byTestId('properties');
  const nameField = properties.locator('#bio-properties-panel-name');
  if (!(await nameField.isVisible())) {
    await properties.locator('[data-group-id="group-general"] .bio-properties-panel-group-header').click();
  }
  await nameField.fill(TASK_NAME);
  await byTestId('modeler-deploy').click();
  await screenshot('2-deploy-dialog');
  await byTestId('deploy-confirm').click();
  await byTestId('deployed-loan-application').waitFor();
  expect(await versionShown()).toBe(before + 1);
  expect(await byTestId('modeler-dirty').count()).toBe(0);
  await screenshot('3-deployed');

  // Start an instance of it.
  await byTestId('start-deployed').click();
  await byTestId('business-key').fill(BUSINESS_KEY);
  await byTestId('start-with-variables').click();
  await fillVariables();
  await screenshot('4-start-dialog');
  await byTestId('start-confirm').click();
  await byTestId('started-instance').click();

  // Its page shows the token arrive at the underwriter's task, without being reloaded.
  const tokensAt = (activityId: string) => page.locator(`.token-badge--tokens[data-activity="${activityId}"]`);
  await tokensAt('ReviewApplication').waitFor({ timeout: WORKERS_TIMEOUT_MS });
  expect(await page.getByTestId('variable-amount').textContent()).toContain('9000');
  await screenshot('5-instance-waits-for-the-underwriter');
  const instanceUrl = page.url();

  // The underwriter finds the task under its new name, claims it and decides.
  await byTestId('nav-tasks').click();
  await byTestId('tasks-filter-name').fill(RUN);
  await byTestId('task-card').filter({ hasText: TASK_NAME }).click();
  await byTestId('claim').click();
  await byTestId('assignee').waitFor();
  await page.getByLabel('The bank lends').check();
  await screenshot('6-task-form');
  await byTestId('complete-task').click();
  await byTestId('task-detail').waitFor({ state: 'detached' });
  await expect.poll(() => byTestId('task-card').count(), { timeout: 20_000 }).toBe(0);
  await screenshot('7-task-completed');

  // The instance has moved on to the next person.
  await page.goto(instanceUrl);
  await tokensAt('AgreeTerms').waitFor({ timeout: WORKERS_TIMEOUT_MS });
  expect(await tokensAt('ReviewApplication').count()).toBe(0);
  expect(await byTestId('instance-state').first().textContent()).toBe('running');
  expect(await byTestId('variable-loanApproved').textContent()).toContain('true');
  await byTestId('tab-history').click();
  const review = byTestId('history').locator('tr').filter({ hasText: TASK_NAME });
  expect(await review.textContent()).toContain('completed');
  await screenshot('8-instance-moved');

  expect(app.errors).toEqual([]);

  async function versionShown(): Promise<number> {
    const title = await byTestId('modeler-title').textContent();
    const version = /version (\d+)/.exec(title ?? '')?.[1];
    expect(version, `the version in “${title}”`).toBeDefined();
    return Number(version);
  }

  async function fillVariables(): Promise<void> {
    const rows = byTestId('variable-row');
    for (const [index, [name, type, value]] of APPLICATION.entries()) {
      if ((await rows.count()) <= index) await byTestId('add-variable').click();
      const row = rows.nth(index);
      await row.getByTestId('variable-name').fill(name);
      await row.getByTestId('variable-type').selectOption(type);
      const input = row.getByTestId('variable-value');
      if (type === 'Boolean') await input.selectOption(value);
      else await input.fill(value);
    }
  }
}, 240_000);
