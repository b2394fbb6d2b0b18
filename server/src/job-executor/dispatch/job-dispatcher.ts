/** Decides when and where due jobs run. The job table is the truth; whatever a dispatcher knows beside it may get lost. */
export interface JobDispatcher {
  start(): Promise<void>;
  /** Takes no more jobs, and waits for those that run. */
  stop(): Promise<void>;
}

/** How many jobs one server runs at a time. They wait for the database most of the time, and share its commits. */
export const CONCURRENCY = 50;
/** How often a server looks for due jobs by itself: those of servers that died, and hints that got lost. */
export const POLL_MS = 5_000;
