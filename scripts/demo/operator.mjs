import { RestError } from './rest.mjs';

const MOST_REPAIRS = 10;
/** What is tried again, and where. */
const RETRIES = {
  failedExternalTask: { path: 'external-task', retries: 3 },
  failedJob: { path: 'job', retries: 1 },
};

/** Looks after incidents as an operator would who believes that the cause is mended: gives new retries. */
export class Operator {
  #rest;
  #book;
  #repairs = new Map();
  #keys = new Map();
  problems = [];
  repaired = 0;

  constructor({ rest, book }) {
    this.#rest = rest;
    this.#book = book;
  }

  /** Resolves to the number of incidents that were dealt with. */
  async round() {
    const incidents = await this.#rest.list('/incident?sortBy=incidentId&sortOrder=asc');
    let done = 0;
    for (const incident of incidents) {
      // A called instance's incident is shown at its callers too; only the cause can be mended.
      const isCause = !incident.rootCauseIncidentId || incident.rootCauseIncidentId === incident.id;
      if (
        isCause &&
        RETRIES[incident.incidentType] &&
        (await this.#isOurs(incident)) &&
        (await this.#repair(incident))
      ) {
        done += 1;
      }
    }
    return done;
  }

  async #isOurs({ processInstanceId }) {
    if (this.#book.ofInstance(processInstanceId)) return true;
    if (!this.#keys.has(processInstanceId)) {
      try {
        const { businessKey } = await this.#rest.get(`/process-instance/${processInstanceId}`);
        this.#keys.set(processInstanceId, businessKey);
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        return false;
      }
    }
    return this.#book.ofKey(this.#keys.get(processInstanceId)) !== undefined;
  }

  async #repair({ configuration, incidentType, incidentMessage, activityId }) {
    const repairs = this.#repairs.get(configuration) ?? 0;
    if (repairs >= MOST_REPAIRS) return false;
    const { path, retries } = RETRIES[incidentType];
    this.#repairs.set(configuration, repairs + 1);
    if (repairs + 1 === MOST_REPAIRS) this.problems.push(`${activityId} fails again and again: ${incidentMessage}`);
    try {
      await this.#rest.put(`/${path}/${configuration}/retries`, { retries });
      this.repaired += 1;
      return true;
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return false; // it was mended or has ended meanwhile
    }
  }
}
