import { afterEach, vi } from 'vitest';
import { createWorker, type Logger, type RestWorkerOptions, type Worker, type WorkerEvent } from '../sdk/index.js';
import { FakeEngineRest } from './fake-engine-rest.js';

interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
}

export interface Fixture {
  readonly engine: FakeEngineRest;
  readonly worker: Worker;
  readonly events: WorkerEvent[];
  readonly log: LogLine[];
  /** Events of one type. */
  eventsOf(type: WorkerEvent['type']): WorkerEvent[];
}

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const end of ends.splice(0).reverse()) await end();
});

/** A fake server and a worker for it, both ended after the test. */
export async function startFixture(options: Partial<RestWorkerOptions> = {}): Promise<Fixture> {
  const engine = await new FakeEngineRest().listen();
  ends.push(() => engine.goAway());
  const events: WorkerEvent[] = [];
  const log: LogLine[] = [];
  const write = (level: keyof Logger) => (message: string) => void log.push({ level, message });
  const worker = createWorker({
    url: engine.url,
    workerId: 'tester',
    backoff: { initialMs: 1, maxMs: 4, slowMs: 10 },
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    onEvent: (event) => {
      events.push(event);
      engine.changed();
    },
    ...options,
  });
  ends.push(() => worker.stop({ deadlineMs: 0 }));
  return { engine, worker, events, log, eventsOf: (type) => events.filter((event) => event.type === type) };
}

/** A promise with its resolve function, to hold a handler until the test lets it go. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Fakes the timers that worker and fake server use; sockets stay real. */
export function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
}

/**
 * Lets the faked time run in small steps, with room for the sockets in between, until the condition holds.
 * @throws Error when it doesn't within ten minutes of faked time
 */
export async function advanceUntil(condition: () => boolean, stepMs = 50): Promise<void> {
  for (let passedMs = 0; passedMs < 600_000; passedMs += stepMs) {
    for (let turn = 0; turn < 20; turn++) {
      if (condition()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.advanceTimersByTimeAsync(stepMs);
  }
  throw new Error('Expected the condition to come true within ten minutes of faked time');
}
