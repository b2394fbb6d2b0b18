import { DemoError } from './demo-error.mjs';
import { sleep } from './pool.mjs';
import { RestError } from './rest.mjs';
import { PROCESS_KEY, submit } from './submit.mjs';
import { describeWaiting } from './waiting.mjs';

const POLL_MS = 100;

/** @throws DemoError when nobody answers, or the process isn't there */
export async function checkServer(rest, url) {
  try {
    await rest.tryGet('/version');
  } catch (error) {
    if (error instanceof RestError && error.status === 401) {
      throw new DemoError(`${url} asks for a login: set MILLRACE_USER and MILLRACE_PASSWORD`);
    }
    if (error instanceof RestError)
      throw new DemoError(`${url} answers, but not as a workflow server: ${error.message}`);
    throw new DemoError(`No server answers at ${url}. Start one with \`npm start\`, or name another with --url.`);
  }
  try {
    await rest.get(`/process-definition/key/${PROCESS_KEY}`);
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    throw new DemoError(`${url} doesn't have the process '${PROCESS_KEY}'. \`npm start\` deploys it from bpmn/.`);
  }
}

/** The first of APP, APP2, APP3 … that no application has. */
export async function findFreeRun(rest) {
  for (let i = 1; ; i += 1) {
    const run = i === 1 ? 'APP' : `APP${i}`;
    const path = `/history/process-instance/count?processDefinitionKey=${PROCESS_KEY}&processInstanceBusinessKeyLike=${run}-%25`;
    if ((await rest.count(path)) === 0) return run;
  }
}

/**
 * Sends one application ahead: when its risk class is known, workers serve.
 * @throws DemoError naming the topics that nobody serves; the application is deleted again
 */
export async function checkWorkers(rest, book, probeMs) {
  const probe = book.applications.find(({ isComplete }) => isComplete);
  if (!probe || probe.instanceId) return;
  const id = await submit(rest, probe);
  book.enter(probe, id);
  const until = Date.now() + probeMs;
  while (Date.now() < until) {
    const known = await rest.get(`/history/variable-instance?processInstanceId=${id}&variableName=riskClass`);
    if (known.length > 0) return;
    const { endTime } = await rest.get(`/history/process-instance/${id}`);
    if (endTime) return;
    await sleep(POLL_MS);
  }
  const waiting = await describeWaiting(rest, book);
  await rest.delete(`/process-instance/${id}`);
  throw new DemoError(`The first application got no risk class within ${probeMs / 1000} s: ${waiting}.`);
}
