import { setTimeout as sleep } from 'node:timers/promises';
import { MESSAGE, ORDER } from './model.mjs';

const REQUEST_TIMEOUT_MS = 15_000;
const PAGE = 20;
const PAUSE_MS = 150;

/**
 * The people and programs around the processes, at all servers at once: they start orders, confirm and approve them. What
 * was acknowledged to them, and what wasn't, is in `ledger`.
 */
export class Clients {
  /** By business key: `acknowledged` (with the instance's id), `refused` (also when nobody listened), or `unknown` when no answer or a 5xx came. */
  starts = new Map();
  /** How often the confirmation of an instance and the completion of a task were acknowledged. */
  confirmations = new Map();
  approvals = new Map();
  /** The value that each acknowledged approval set, by process instance. */
  approvedBy = new Map();
  unexpected = [];
  #urls;
  #random;
  #mostOpen;
  #isStarting = true;
  #isStopped = false;
  #loops = [];
  #number = 0;
  #open = 0;

  /** @param mostOpen how many instances may be on their way before the clients wait with new ones */
  constructor({ urls, random, mostOpen }) {
    this.#urls = urls;
    this.#random = random;
    this.#mostOpen = mostOpen;
  }

  begin() {
    for (const url of this.#urls) this.#loops.push(this.#startOrders(url), this.#confirm(url), this.#approve(url));
  }

  stopStarting() {
    this.#isStarting = false;
  }

  async stop() {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  async #startOrders(url) {
    while (this.#isStarting && !this.#isStopped) {
      await sleep(this.#random.between(50, 2 * PAUSE_MS));
      if (this.#open > this.#mostOpen) await this.#countOpen(url);
      if (this.#open > this.#mostOpen) continue;
      this.#number += 1;
      this.#open += 1;
      const businessKey = `order-${String(this.#number).padStart(5, '0')}`;
      // Entered before it is sent: an instance of a key that isn't here has come from nowhere.
      this.starts.set(businessKey, { state: 'unknown' });
      const answer = await call(url, 'POST', `/process-definition/key/${ORDER}/start`, {
        businessKey,
        variables: { number: { value: this.#number, type: 'Integer' } },
      });
      if (answer.status === 200) this.starts.set(businessKey, { state: 'acknowledged', id: answer.body.id });
      else if (answer.neverArrived) {
        this.starts.set(businessKey, { state: 'refused' });
        this.#open -= 1;
        await sleep(2 * PAUSE_MS);
      } else if (answer.status >= 400 && answer.status < 500) {
        this.starts.set(businessKey, { state: 'refused' });
        this.unexpected.push(`a start was refused: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
      }
    }
  }

  async #countOpen(url) {
    await sleep(PAUSE_MS);
    const answer = await call(url, 'GET', `/process-instance/count?processDefinitionKey=${ORDER}`);
    if (answer.status === 200) this.#open = answer.body.count;
  }

  async #confirm(url) {
    while (!this.#isStopped) {
      await sleep(PAUSE_MS);
      const waiting = await call(url, 'GET', `/event-subscription?eventType=message&maxResults=${PAGE}`);
      for (const { processInstanceId, eventName } of listOf(waiting)) {
        if (eventName !== MESSAGE) continue;
        const answer = await call(url, 'POST', '/message', { messageName: MESSAGE, processInstanceId });
        if (answer.status === 204 || answer.status === 200) countUp(this.confirmations, processInstanceId);
      }
    }
  }

  async #approve(url) {
    while (!this.#isStopped) {
      await sleep(PAUSE_MS);
      const waiting = await call(url, 'GET', `/task?processDefinitionKey=${ORDER}&maxResults=${PAGE}`);
      for (const { id, processInstanceId } of listOf(waiting)) {
        this.#number += 1;
        const approvedBy = `person-${this.#number}`;
        const variables = { approvedBy: { value: approvedBy, type: 'String' } };
        const answer = await call(url, 'POST', `/task/${id}/complete`, { variables });
        if (answer.status !== 204 && answer.status !== 200) continue;
        countUp(this.approvals, id);
        this.approvedBy.set(processInstanceId, approvedBy);
      }
    }
  }
}

/** One request, without patience. `status` is 0 when no answer came; `neverArrived` when there was nobody to hear it. */
export async function call(url, method, path, body) {
  try {
    const response = await fetch(`${url}/engine-rest${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  } catch (error) {
    return { status: 0, body: null, neverArrived: error.cause?.code === 'ECONNREFUSED' };
  }
}

function listOf({ status, body }) {
  return status === 200 && Array.isArray(body) ? body : [];
}

function countUp(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
