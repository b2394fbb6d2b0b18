import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../src/core.js';
import { bpmn, END, files, START, sequence, timerStart, USER_TASK } from './support/models.js';
import { openTestCore, type TestCore } from './support/test-core.js';
import { removeKeys } from './support/test-server.js';
import { until } from './support/until.js';

const script = (id: string, source: string, attributes = '') =>
  `<bpmn:scriptTask id="${id}" scriptFormat="javascript" ${attributes}><bpmn:script>${source}</bpmn:script></bpmn:scriptTask>`;
const wait = (duration: string) =>
  `<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;

const redisUrl = process.env['REDIS_URL'];
const dispatchers: { name: string; settings: Record<string, string> }[] = [
  { name: 'in this process', settings: {} },
  ...(redisUrl ? [{ name: 'through Redis', settings: { REDIS_URL: redisUrl } }] : []),
];

describe.each(dispatchers)('jobs that run $name', ({ settings }) => {
  let host: TestCore;
  let core: Core;
  const prefix = `millrace-test-${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    host = await openTestCore({ ...settings, MILLRACE_REDIS_PREFIX: prefix });
    core = host.core;
    await core.jobExecutor.start();
  });

  afterAll(async () => {
    await host.close();
    if (redisUrl && settings['REDIS_URL']) await removeKeys(redisUrl, prefix);
  });

  const deploy = async (key: string, inside: string) => {
    const { processDefinitions } = await core.deployments.deploy({
      name: key,
      source: null,
      tenantId: null,
      duplicateFiltering: false,
      deployChangedOnly: false,
      resources: files([`${key}.bpmn`, bpmn(key, inside)]),
    });
    return processDefinitions[0]!.id;
  };
  const start = async (definitionId: string, variables = {}) =>
    (await core.unitOfWork.start({ definitionId, businessKey: null, tenantId: null, variables })).instanceId;
  const one = async <T = Record<string, unknown>>(sql: string, ...params: unknown[]) =>
    (await core.database.query<T>(sql, params))[0];
  const jobOf = (instanceId: string) =>
    one<{ id: string; retries: number; message: string | null; owner: string | null }>(
      'SELECT id, retries, exception_message AS message, lock_owner AS owner FROM job WHERE process_instance_id = $1',
      instanceId,
    );
  const ended = (instanceId: string) =>
    one('SELECT id FROM historic_process_instance WHERE id = $1 AND ended_at IS NOT NULL', instanceId);

  test('go on behind an asynchronous task', async () => {
    const id = await start(
      await deploy(
        'async',
        sequence(START, script('work', 'execution.setVariable("done", true)', 'camunda:asyncBefore="true"'), END),
      ),
    );
    await until('the instance to end', () => ended(id));
  });

  test('fire timers when they are due', async () => {
    const id = await start(await deploy('timer', sequence(START, wait('PT0.3S'), END)));
    expect(await ended(id)).toBeUndefined();
    await until('the timer to fire', () => ended(id));
  });

  test('are tried three times, then wait for somebody behind an incident', async () => {
    const failing = script(
      'work',
      'if (!execution.getVariable("repaired")) throw new Error("no paper")',
      'camunda:asyncBefore="true"',
    );
    const id = await start(await deploy('failing', sequence(START, failing, END)));
    await until('an incident', () => one('SELECT id FROM incident WHERE process_instance_id = $1', id));
    const job = await jobOf(id);
    expect(job).toMatchObject({ retries: 0, message: expect.stringContaining('no paper'), owner: null });
    expect(
      await one('SELECT type, configuration, message FROM incident WHERE process_instance_id = $1', id),
    ).toMatchObject({
      type: 'failedJob',
      configuration: job!.id,
    });
    const repaired = { type: 'Boolean', value: true } as const;
    await core.unitOfWork.run(id, { kind: 'setVariables', scopeId: id, local: false, set: { repaired } });
    await core.unitOfWork.run(id, { kind: 'setJobRetries', jobId: job!.id, retries: 1 });
    await until('the repaired instance to end', () => ended(id));
    expect(await one('SELECT id FROM incident WHERE process_instance_id = $1', id)).toBeUndefined();
  });

  test('start instances by timer, as often as the cycle says', async () => {
    const definitionId = await deploy('cycle', sequence(timerStart('R2/PT0.2S'), USER_TASK, END));
    await until(
      'the cycle to be over',
      async () => !(await one('SELECT id FROM job WHERE process_definition_id = $1', definitionId)),
    );
    expect(
      await one(
        'SELECT count(*)::integer AS started FROM process_instance WHERE process_definition_id = $1',
        definitionId,
      ),
    ).toEqual({ started: 2 });
  });

  test('of a start timer that fails count down their retries', async () => {
    const definitionId = await deploy(
      'bad-start',
      sequence(timerStart('R/PT0.1S'), script('work', 'throw new Error("broken start")'), END),
    );
    const job = await until('the retries to be used up', () =>
      one(
        'SELECT retries, exception_message AS message FROM job WHERE process_definition_id = $1 AND retries = 0',
        definitionId,
      ),
    );
    expect(job).toMatchObject({ message: expect.stringContaining('broken start') });
    expect(await one('SELECT id FROM process_instance WHERE process_definition_id = $1', definitionId)).toBeUndefined();
  });

  test('of a suspended instance wait until it is activated', async () => {
    const id = await start(await deploy('suspended', sequence(START, wait('PT0.2S'), END)));
    await core.unitOfWork.run(id, { kind: 'setSuspended', suspended: true });
    const due = await one<{ due: Date }>('SELECT due_date AS due FROM job WHERE process_instance_id = $1', id);
    await until('the due date to pass', () => Date.now() > due!.due.getTime() + 100);
    expect(await jobOf(id)).toMatchObject({ retries: 3, owner: null });
    await core.unitOfWork.run(id, { kind: 'setSuspended', suspended: false });
    await until('the activated instance to end', () => ended(id));
  });

  test('of a server that died are taken over when its lock runs out', async () => {
    const id = await start(await deploy('orphan', sequence(START, wait('PT1H'), END)));
    await core.database.query(
      `UPDATE job SET lock_owner = 'dead', lock_expires_at = now() + interval '1 second', due_date = now() WHERE process_instance_id = $1`,
      [id],
    );
    await until('another server to run it', () => ended(id));
  });

  test('many of them all run, each once', async () => {
    const definitionId = await deploy(
      'many',
      sequence(
        START,
        script(
          'work',
          'execution.setVariable("n", (execution.getVariable("n") || 0) + 1)',
          'camunda:asyncBefore="true"',
        ),
        END,
      ),
    );
    await Promise.all(Array.from({ length: 40 }, () => start(definitionId)));
    await until(
      'all to end',
      async () => !(await one('SELECT id FROM process_instance WHERE process_definition_id = $1', definitionId)),
    );
    expect(
      await one(
        `SELECT count(*)::integer AS instances, sum(v.number_value)::integer AS runs FROM historic_variable v
         JOIN historic_process_instance i ON i.id = v.process_instance_id WHERE i.process_definition_id = $1 AND v.name = 'n'`,
        definitionId,
      ),
    ).toEqual({ instances: 40, runs: 40 });
  });

  test.runIf(settings['REDIS_URL'])('are found again when Redis has lost everything', async () => {
    const id = await start(await deploy('lost', sequence(START, wait('PT2S'), END)));
    await removeKeys(settings['REDIS_URL']!, prefix);
    await until('the timer to fire', () => ended(id));
  });
});

describe('jobs that are run by hand', () => {
  let host: TestCore;

  beforeAll(async () => {
    host = await openTestCore({ JOB_EXECUTOR: 'off' });
    await host.core.jobExecutor.start();
  });

  afterAll(() => host.close());

  test('run whether they are due or not, and tell what went wrong', async () => {
    const { core } = host;
    const { processDefinitions } = await core.deployments.deploy({
      name: null,
      source: null,
      tenantId: null,
      duplicateFiltering: false,
      deployChangedOnly: false,
      resources: files([
        'hand.bpmn',
        bpmn(
          'hand',
          sequence(START, wait('PT1H'), script('work', 'throw new Error("no ink")', 'camunda:asyncBefore="true"'), END),
        ),
      ]),
    });
    const { instanceId } = await core.unitOfWork.start({
      definitionId: processDefinitions[0]!.id,
      businessKey: null,
      tenantId: null,
    });
    const jobs = () =>
      core.database.query<{ id: string; type: string; retries: number; message: string | null }>(
        'SELECT id, type, retries, exception_message AS message FROM job WHERE process_instance_id = $1',
        [instanceId],
      );
    const [timer] = await jobs();
    await core.jobExecutor.executeNow(timer!.id);
    const [continuation] = await jobs();
    expect(continuation).toMatchObject({ type: 'async-continuation', retries: 3 });
    await expect(core.jobExecutor.executeNow(continuation!.id)).rejects.toThrow('no ink');
    expect(await jobs()).toMatchObject([
      { id: continuation!.id, retries: 2, message: expect.stringContaining('no ink') },
    ]);
    await expect(core.jobExecutor.executeNow(timer!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
