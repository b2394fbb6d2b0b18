import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BpmnError, createWorker, FailedTask, type TaskContext } from '@millrace/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BullmqWorkers } from '../src/worker-bridge/bullmq-workers.js';
import { LiveWorkers } from '../src/worker-bridge/live-workers.js';
import { RedisLink } from '../src/worker-bridge/redis-link.js';
import { type BullmqFixture, startBullmqFixture } from './support/bullmq-fixture.js';
import { bundle } from './support/server-process.js';
import { until } from './support/until.js';

const redisUrl = process.env['REDIS_URL'];

describe.skipIf(!redisUrl)('workers over BullMQ', () => {
  let fixture: BullmqFixture;
  let topic = '';
  let counter = 0;

  beforeAll(async () => {
    fixture = await startBullmqFixture(redisUrl ?? '');
  });
  afterAll(() => fixture?.close());
  beforeEach(() => {
    topic = `topic-${++counter}`;
  });

  const ended = (id: string) => until(`instance ${id} to end`, () => fixture.isEnded(id));
  const taskOf = async (instanceId: string) =>
    (await fixture.get(`/external-task?processInstanceId=${instanceId}`)).body[0];
  const variablesOf = async (instanceId: string) =>
    (await fixture.get(`/history/variable-instance?processInstanceId=${instanceId}`)).body as {
      name: string;
      value: unknown;
    }[];
  const resultsTaken = () =>
    until('the results to be taken', async () => {
      const { waiting = 0, active = 0, delayed = 0 } = await fixture.queue('results').getJobCounts();
      return waiting + active + delayed === 0;
    });

  test('a worker gets a task with its variables, and the process goes on with what it returns', async () => {
    await fixture.deploy(topic);
    const seen: unknown[] = [];
    const worker = fixture.startWorker(topic, (task) => {
      seen.push([task.topicName, task.processDefinitionKey, task.variables]);
      return { doubled: 2 * (task.variables['amount'] as number) };
    });
    const id = await fixture.start(topic, { amount: { value: 21 } });
    await ended(id);
    expect(seen).toEqual([[topic, `process-${topic}`, { amount: 21 }]]);
    expect(await variablesOf(id)).toContainEqual(expect.objectContaining({ name: 'doubled', value: 42 }));
    await worker.stop();
  });

  test('a topic may have any name', async () => {
    const strange = 'crédit:check {v1} 100%';
    await fixture.deploy(strange);
    const worker = fixture.startWorker(strange, () => ({}));
    await ended(await fixture.start(strange));
    await worker.stop();
  });

  test('a BPMN error is caught by the model', async () => {
    await fixture.deploy(
      topic,
      `<bpmn:endEvent id="end" />
       <bpmn:boundaryEvent id="caught" attachedToRef="work"><bpmn:errorEventDefinition id="e" camunda:errorCodeVariable="code" /></bpmn:boundaryEvent>
       <bpmn:sequenceFlow id="rescue" sourceRef="caught" targetRef="rescued" /><bpmn:userTask id="rescued" />`,
    );
    fixture.startWorker(topic, () => {
      throw new BpmnError('NO_MONEY', 'none left', { missing: 5 });
    });
    const id = await fixture.start(topic);
    await until('the rescue', async () => (await fixture.get(`/task?processInstanceId=${id}`)).body.length === 1);
    const { body } = await fixture.get(`/process-instance/${id}/variables`);
    expect(body).toMatchObject({ code: { value: 'NO_MONEY' }, missing: { value: 5 } });
  });

  test('a failed task is tried again as often as the worker says, and then makes an incident', async () => {
    await fixture.deploy(topic);
    let attempts = 0;
    fixture.startWorker(
      topic,
      () => {
        attempts++;
        if (attempts === 2) throw new FailedTask('given up', { retries: 0 });
        throw new Error('not yet');
      },
      { retry: { retries: 3, initialMs: 1 } },
    );
    const id = await fixture.start(topic);
    const { body } = await until('an incident', async () => {
      const answer = await fixture.get(`/incident?processInstanceId=${id}`);
      return answer.body.length === 1 ? answer : null;
    });
    expect(body[0]).toMatchObject({ incidentType: 'failedExternalTask', incidentMessage: 'given up' });
    expect(attempts).toBe(2);
  });

  test('a result that the server refuses fails the task, under the retries of the worker', async () => {
    await fixture.deploy(topic);
    fixture.startWorker(topic, () => new Promise(() => undefined), { maxTasks: 1 });
    const id = await fixture.start(topic);
    const task = await until('the lock', async () => {
      const found = await taskOf(id);
      return found?.workerId ? found : null;
    });
    await fixture.queue('results').add(
      'complete',
      {
        externalTaskId: task.id,
        topicName: topic,
        body: { workerId: task.workerId, variables: { n: { type: 'Integer', value: 'many' } } },
        from: { workerId: 'broken', version: null },
        ifRefused: { retries: 2, retryTimeoutMs: 60_000 },
      },
      { jobId: `broken_${id}` },
    );
    await until('the failure', async () => (await taskOf(id)).retries === 2);
    expect((await taskOf(id)).errorMessage).toContain("'n'");
  });

  test('the lock of a long task is kept; when it is lost the handler is told and its result is dropped', async () => {
    await fixture.deploy(topic);
    let context: TaskContext | undefined;
    fixture.startWorker(
      topic,
      (_, given) => {
        context ??= given;
        return new Promise((resolve) => given.signal.addEventListener('abort', () => resolve({ late: true })));
      },
      { lockDurationMs: 1_000, maxTasks: 1 },
    );
    const id = await fixture.start(topic);
    const first = await until('the lock', async () => {
      const found = await taskOf(id);
      return context && found?.workerId && found;
    });
    await until('the lock to be extended', async () => {
      const now = await taskOf(id);
      expect(now.workerId).toBe(first.workerId);
      return Date.parse(now.lockExpirationTime) > Date.parse(first.lockExpirationTime) + 1_500;
    });
    await fixture.post(`/external-task/${first.id}/unlock`, {});
    await until('the handler to hear of it', () => context?.signal.aborted);
    expect(await variablesOf(id)).toEqual([]);
  });

  test('results that come twice, late or broken change nothing', async () => {
    await fixture.deploy(topic, '<bpmn:userTask id="next" />');
    let calls = 0;
    const worker = fixture.startWorker(topic, () => ({ calls: ++calls }));
    const id = await fixture.start(topic);
    const next = () => fixture.get(`/task?processInstanceId=${id}`);
    await until('the next step', async () => (await next()).body.length === 1);
    await worker.stop();

    const waiting = await fixture.start(topic);
    // At first the server may still count on the worker.
    const locked = await until('the task to be free', async () => {
      const topics = [{ topicName: topic, lockDuration: 60_000 }];
      const { body } = await fixture.post('/external-task/fetchAndLock', { workerId: 'rest', maxTasks: 1, topics });
      return body.length > 0 ? body : null;
    });
    const results = fixture.queue('results');
    const from = { workerId: 'late', version: null };
    const late = { externalTaskId: locked[0].id, topicName: topic, body: { workerId: 'bullmq-earlier' }, from };
    await results.addBulk([
      { name: 'complete', data: late },
      { name: 'failure', data: { ...late, body: { ...late.body, retries: 0 } } },
      { name: 'bpmnError', data: { ...late, body: { ...late.body, errorCode: 'X' } } },
      { name: 'complete', data: { ...late, externalTaskId: 'gone' } },
      { name: 'complete', data: 'nonsense' },
      { name: 'nonsense', data: late },
    ]);
    await resultsTaken();
    expect(await taskOf(waiting)).toMatchObject({ id: locked[0].id, workerId: 'rest', retries: null });

    const good = { ...late, body: { workerId: 'rest' } };
    await results.addBulk(Array.from({ length: 5 }, () => ({ name: 'complete', data: good })));
    await resultsTaken();
    expect((await fixture.get(`/task?processInstanceId=${waiting}`)).body).toHaveLength(1);
    expect(calls).toBe(1);
    expect((await results.getFailedCount()) + (await results.getCompletedCount())).toBe(0);
  });

  test('several servers, workers of both kinds: every task is done exactly once', async (context) => {
    const second = fixture.server.config.databaseUrl === null ? null : await fixture.startSecond();
    if (!second) return context.skip();
    await fixture.deploy(topic);
    const done = new Map<string, number>();
    const by = new Set<string>();
    const handler = (worker: string) => async (task: { id: string }) => {
      by.add(worker);
      done.set(task.id, (done.get(task.id) ?? 0) + 1);
      // None of them goes on until each has something to do.
      await until('all workers to have a task', () => by.size === 4);
      return {};
    };
    const workers = ['a', 'b', 'c'].map((name) => fixture.startWorker(topic, handler(name), { maxTasks: 4 }));
    const rest = createWorker({ url: `${second.url}/engine-rest`, maxTasks: 2 });
    rest.subscribe(topic, handler('rest'));
    const ids: string[] = [];
    for (let n = 0; n < 12; n++)
      ids.push(...(await Promise.all(Array.from({ length: 5 }, () => fixture.start(topic)))));
    for (const id of ids) await ended(id);
    expect([...done.values()].filter((times) => times !== 1)).toEqual([]);
    expect(done.size).toBe(60);
    for (const worker of [...workers, rest]) await worker.stop();
    // It may wait 20 seconds for a connection that its REST client opened and never used.
    await second.close();
  }, 60_000);

  test('no more tasks are locked ahead than the workers can run', async () => {
    await fixture.deploy(topic);
    const running = new Set<string>();
    fixture.startWorker(
      topic,
      (task) => {
        running.add(task.id);
        return new Promise(() => undefined);
      },
      { maxTasks: 2 },
    );
    for (let n = 0; n < 12; n++) await fixture.start(topic);
    await until('two to run', () => running.size === 2);
    await until('two more to wait', async () => (await fixture.queue(`topic.${topic}`).getWaitingCount()) === 2);
    expect((await fixture.get(`/external-task/count?topicName=${topic}&locked=true`)).body.count).toBe(4);
  });

  test('what waits for a worker that leaves is free for others at once', async () => {
    await fixture.deploy(topic);
    let took = false;
    const worker = fixture.startWorker(
      topic,
      () => {
        took = true;
        return new Promise(() => undefined);
      },
      { maxTasks: 1, lockDurationMs: 3_600_000 },
    );
    for (let n = 0; n < 2; n++) await fixture.start(topic);
    await until('one to run and one to wait', async () => {
      return took && (await fixture.queue(`topic.${topic}`).getWaitingCount()) === 1;
    });
    void worker.stop({ deadlineMs: 100 });
    const locked = await until('a task for somebody else', async () => {
      const topics = [{ topicName: topic, lockDuration: 60_000 }];
      const { body } = await fixture.post('/external-task/fetchAndLock', { workerId: 'rest', maxTasks: 5, topics });
      return body.length > 0 && body;
    });
    expect(locked).toHaveLength(1);
  });

  test('a task whose worker was killed comes again when its lock has ended', async () => {
    await fixture.deploy(topic);
    const program = await bundle('test/support/stuck-worker.ts');
    try {
      const args = [program.path, redisUrl ?? '', fixture.prefix, topic, '1500'];
      const doomed = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const id = await fixture.start(topic);
      const [said] = await once(doomed.stdout, 'data');
      const taskId = /took (\S+)/.exec(String(said))?.[1];
      doomed.kill('SIGKILL');
      await once(doomed, 'exit');
      const seen: string[] = [];
      fixture.startWorker(topic, (task) => void seen.push(task.id));
      await ended(id);
      expect(seen).toEqual([taskId]);
    } finally {
      await program.remove();
    }
  });

  test('a stopping worker finishes what runs and takes nothing more', async () => {
    await fixture.deploy(topic);
    let finish: () => void = () => undefined;
    const started: string[] = [];
    const worker = fixture.startWorker(
      topic,
      (task) => {
        started.push(task.processInstanceId);
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
      { maxTasks: 1 },
    );
    const first = await fixture.start(topic);
    await until('the task to be taken', () => started.length === 1);
    const stopping = worker.stop();
    await fixture.start(topic);
    finish();
    await stopping;
    await ended(first);
    expect(started).toEqual([first]);
  });

  test('an answer outlives the server that asked for it, even when the lock ended meanwhile', async () => {
    await fixture.deploy(topic);
    let calls = 0;
    let finish: () => void = () => undefined;
    const worker = fixture.startWorker(
      topic,
      () => {
        calls++;
        return new Promise<{ answer: number }>((resolve) => {
          finish = () => resolve({ answer: calls });
        });
      },
      { lockDurationMs: 1_000, maxTasks: 1 },
    );
    const id = await fixture.start(topic);
    await until('the task to be taken', () => calls === 1);
    const lockEnds = Date.parse((await taskOf(id)).lockExpirationTime) + 1_000;
    let answered = false;
    await fixture.server.restart({}, async () => {
      finish();
      await until('the answer to wait', async () => (await fixture.queue('results').getWaitingCount()) > 0);
      answered = true;
      await until('the lock to end', () => Date.now() > lockEnds);
    });
    expect(answered).toBe(true);
    await ended(id);
    expect(calls).toBe(1);
    await worker.stop();
  });

  test('workers are known by name, version and topics as long as they live', async () => {
    const worker = fixture.startWorker(
      topic,
      () => ({}),
      { maxTasks: 3 },
      { workerId: `known-${topic}`, build: 'abc' },
    );
    const link = new RedisLink(redisUrl ?? '', pino({ level: 'silent' }));
    const registry = new LiveWorkers();
    registry.add(new BullmqWorkers(link, fixture.prefix));
    const find = async () => (await registry.list()).find(({ workerId }) => workerId === `known-${topic}`);
    expect(await until('the worker to be known', find)).toMatchObject({
      version: '1.2.3',
      build: 'abc',
      transport: 'bullmq',
      topics: [{ name: topic, concurrency: 3, lockDurationMs: 30_000 }],
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      seenAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await worker.stop();
    await until('the worker to be forgotten', async () => !(await find()));
    link.close();
  });
});
