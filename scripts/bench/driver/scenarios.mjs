// The scenarios that need nothing but this repository. Each proves by the server's own counts that all was done.
import { pump, reach } from './lib.mjs';

const LOCK_MS = 60_000;
const WORKERS = 4;
const JOBS_EACH = 5;

const variables = (i) => ({
  amount: { value: i % 2 === 0 ? 500 : 1500, type: 'Integer' },
  name: { value: `Customer ${i}`, type: 'String' },
  isNew: { value: i % 3 === 0, type: 'Boolean' },
  rate: { value: 0.5 + (i % 8), type: 'Double' },
  region: { value: 'north', type: 'String' },
});

function startOne(api, key, i) {
  const body = { businessKey: `${key}-${i}`, variables: variables(i) };
  return api.post(`/process-definition/key/${key}/start`, body);
}

const running = (api, key) => () => api.count(`/process-instance/count?processDefinitionKey=${key}`);
const finished = (api, key) => () =>
  api.count(`/history/process-instance/count?finished=true&processDefinitionKey=${key}`);

/** Starts `warm` instances and then the `n` that count. */
async function startAll({ api, key, n, warm, concurrency, measured }) {
  await pump(warm, concurrency, (i) => startOne(api, key, i));
  return measured(() => pump(n, concurrency, (i) => startOne(api, key, warm + i)));
}

async function start(run) {
  const { api, key, n, warm } = run;
  await api.deploy('start', key);
  const result = await startAll(run);
  await reach('waiting instances', warm + n, running(api, key));
  await reach('tasks', warm + n, () => api.count(`/task/count?processDefinitionKey=${key}`));
  return { count: n, ...result };
}

/** Instances that end in the request that starts them. */
const throughput = (model) => async (run) => {
  const { api, key, n, warm } = run;
  await api.deploy(model, key);
  const result = await startAll(run);
  await reach('finished instances', warm + n, finished(api, key));
  await reach('running instances', 0, running(api, key));
  return { count: n, ...result };
};

async function external({ api, key, n, warm, concurrency, measured }) {
  await api.deploy('external', key);
  const topic = `${key}_work`;
  const drain = async (total) => {
    let done = 0;
    let endedAt = performance.now();
    const lat = [];
    const began = performance.now();
    const work = async (workerId) => {
      while (done < total) {
        const tasks = await api.post('/external-task/fetchAndLock', {
          workerId,
          maxTasks: 50,
          asyncResponseTimeout: 1_000,
          topics: [{ topicName: topic, lockDuration: LOCK_MS }],
        });
        const { lat: some } = await pump(tasks.length, Math.max(1, concurrency / WORKERS), async (i) => {
          const result = { value: `done ${i}`, type: 'String' };
          await api.post(`/external-task/${tasks[i].id}/complete`, { workerId, variables: { result } });
          done += 1;
          endedAt = performance.now();
        });
        lat.push(...some);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, i) => work(`${key}-${i}`)));
    return { seconds: (endedAt - began) / 1000, lat };
  };
  await pump(warm, concurrency, (i) => startOne(api, key, i));
  await drain(warm);
  await pump(n, concurrency, (i) => startOne(api, key, warm + i));
  const result = await measured(() => drain(n));
  await reach('finished instances', warm + n, finished(api, key));
  await reach('running instances', 0, running(api, key));
  return { count: n, ...result };
}

async function async_({ api, key, n, warm, concurrency, measured }) {
  await api.deploy('async', key);
  const all = async (from, count) => {
    const began = performance.now();
    const { lat } = await pump(count, concurrency, (i) => startOne(api, key, from + i));
    await reach('finished instances', from + count, finished(api, key));
    return { seconds: (performance.now() - began) / 1000, lat };
  };
  await all(0, warm);
  const result = await measured(() => all(warm, n));
  return { count: n * JOBS_EACH, ...result };
}

async function message({ api, key, n, warm, concurrency, measured }) {
  await api.deploy('message', key);
  await pump(warm + n, concurrency, (i) => startOne(api, key, i));
  const send = (i) => api.post('/message', { messageName: `${key}_message`, businessKey: `${key}-${i}` });
  await pump(warm, concurrency, send);
  const result = await measured(() => pump(n, concurrency, (i) => send(warm + i)));
  await reach('finished instances', warm + n, finished(api, key));
  return { count: n, ...result };
}

async function rawPost(run) {
  return { count: run.n, ...(await startAll(run)) };
}

export const scenarios = {
  start: { run: start },
  straight: { run: throughput('straight') },
  parallel: { run: throughput('parallel') },
  external: { run: external },
  async: { run: async_ },
  message: { run: message },
  'raw-post': { run: rawPost },
};
