/** The applications of a run and the process instances that they became. */
export class Book {
  #byInstance = new Map();
  #byKey;

  constructor(applications) {
    this.applications = applications.map((application) => ({
      ...application,
      instanceId: null,
      hasBeenReminded: false,
      checks: new Set(),
    }));
    this.#byKey = new Map(this.applications.map((application) => [application.businessKey, application]));
  }

  enter(application, instanceId) {
    application.instanceId = instanceId;
    this.#byInstance.set(instanceId, application);
  }

  /**
   * Enters what an earlier, interrupted run has started. Returns how many of those have finished.
   * @param history historic process instances of the run
   */
  resume(history) {
    let finished = 0;
    for (const { id, businessKey, endTime } of history) {
      const application = this.ofKey(businessKey);
      if (!application) continue;
      if (!application.instanceId) this.enter(application, id);
      if (endTime) finished += 1;
    }
    return finished;
  }

  get started() {
    return this.#byInstance.size;
  }

  ofInstance(instanceId) {
    return this.#byInstance.get(instanceId);
  }

  ofKey(businessKey) {
    return this.#byKey.get(businessKey);
  }
}
