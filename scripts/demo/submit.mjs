import { toTyped } from './applications.mjs';
import { forEachConcurrently } from './pool.mjs';

export const PROCESS_KEY = 'loan-application';

/** Hands in one application, once whatever happens on the way. Resolves to the process instance's id. */
export async function submit(rest, { businessKey, channel, variables }) {
  // A start whose answer was lost may have happened: look before sending it again.
  const beforeRetry = async ({ get }) => (await findInstance(get, businessKey)) ?? undefined;
  const typed = toTyped(variables);
  if (channel === 'start') {
    const body = { businessKey, variables: typed };
    const { id } = await rest.post(`/process-definition/key/${PROCESS_KEY}/start`, body, { beforeRetry });
    return id;
  }
  const body = {
    messageName: 'loan-application-received',
    businessKey,
    processVariables: typed,
    resultEnabled: true,
  };
  const answer = await rest.post('/message', body, { beforeRetry });
  return Array.isArray(answer) ? answer[0].processInstance.id : answer.id;
}

async function findInstance(get, businessKey) {
  const [found] = await get(
    `/history/process-instance?processDefinitionKey=${PROCESS_KEY}&processInstanceBusinessKey=${businessKey}&maxResults=1`,
  );
  return found;
}

/** Hands in what isn't in the book yet. */
export async function submitAll(rest, book, concurrency) {
  const missing = book.applications.filter(({ instanceId }) => !instanceId);
  await forEachConcurrently(missing, concurrency, async (application) => {
    book.enter(application, await submit(rest, application));
  });
}
