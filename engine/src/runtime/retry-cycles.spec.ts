import { expect, test } from 'vitest';
import { onlyRow } from '../spec-support/instances.js';
import { deployed, path, process } from '../spec-support/models.js';

test.each([
  ['', 3],
  ['R5/PT1M', 5],
  ['${times}', 2],
  ['${nobody}', 3],
  ['R0/PT1M', 1],
])("a job whose retry cycle is '%s' begins with %i retries", async (cycle, retries) => {
  const retryCycle = `<extensionElements><camunda:failedJobRetryTimeCycle>${cycle}</camunda:failedJobRetryTimeCycle></extensionElements>`;
  const engine = await deployed(
    process(
      'p',
      '<startEvent id="start"/>',
      `<userTask id="work" camunda:asyncBefore="true">${cycle ? retryCycle : ''}</userTask>`,
      path('start', 'work'),
    ),
  );
  engine.runJobs = false;
  engine.start('p', { times: 'R2/PT1M' });
  expect(onlyRow(engine, 'job').retries).toBe(retries);
});
