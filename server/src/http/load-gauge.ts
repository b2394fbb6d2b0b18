import { getHeapStatistics } from 'node:v8';

const SAMPLE_MS = 100;
/** How much of each sample goes into the mean: about a second decides. */
const WEIGHT = 0.2;
/** Of the memory that Node may use. Above it the collector is busy with little else. */
const FULL = 0.9;

/** Tells how far behind this process is: how late timers fire, and how full its memory is. */
export class LoadGauge {
  private lagMs = 0;
  private heap = 0;
  private expected = 0;
  private timer: NodeJS.Timeout | null = null;

  /** @param maxLagMs how late the event loop may be, on the mean */
  constructor(private readonly maxLagMs: number) {}

  start(): void {
    this.expected = performance.now() + SAMPLE_MS;
    this.timer = setInterval(() => {
      const now = performance.now();
      this.sample(Math.max(0, now - this.expected), getHeapStatistics());
      this.expected = now + SAMPLE_MS;
    }, SAMPLE_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** One look at the process. */
  sample(lateMs: number, heap: { readonly used_heap_size: number; readonly heap_size_limit: number }): void {
    this.lagMs += WEIGHT * (lateMs - this.lagMs);
    this.heap = heap.used_heap_size / heap.heap_size_limit;
  }

  /** Why nothing new should be begun now; null when it may. */
  complaint(): string | null {
    if (this.lagMs > this.maxLagMs) return `The server is ${Math.round(this.lagMs)} ms behind with its work`;
    return this.heap > FULL ? 'The memory of the server is full' : null;
  }
}
