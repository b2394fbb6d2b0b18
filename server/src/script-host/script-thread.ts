import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ScriptCallback, ScriptFault, ScriptOutcome, ScriptSetup } from '@millrace/engine';

export type ScriptRequest =
  | { readonly kind: 'check'; readonly source: string }
  | { readonly kind: 'run'; readonly source: string; readonly setup: ScriptSetup };

/** What the thread sends. */
export type ScriptReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'checked'; readonly fault: ScriptFault | null }
  | { readonly kind: 'ended'; readonly outcome: ScriptOutcome }
  | { readonly kind: 'asked'; readonly operation: string; readonly name: string; readonly args: string };

/** The thread didn't answer in time, or it is no more. */
export class SilentThreadError extends Error {}

/** Of the thread's own JavaScript, beside the sandbox: the texts on their way. */
const HEAP_MB = 128;
const STARTING_MS = 20_000;

/** One thread that runs scripts. The caller is blocked meanwhile, by a wait that has an end. */
export class ScriptThread {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly signals = new Int32Array(new SharedArrayBuffer(8));
  private received = 0;
  private isReady = false;
  /** Why nothing can be asked of it any more. */
  private end: string | null = null;

  constructor(timeLimitMs: number) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.worker = new Worker(new URL('./thread-main.mjs', import.meta.url), {
      workerData: { port: port2, signals: this.signals, timeLimitMs },
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      execArgv: [],
      env: {},
    });
    // Without listeners its errors would be those of the whole process.
    this.worker.on('error', (error: Error) => {
      this.end = error.message;
    });
    this.worker.on('exit', () => {
      this.end ??= 'it has ended';
    });
    this.worker.unref();
    this.port.unref();
  }

  get isAlive(): boolean {
    return this.end === null;
  }

  /** The reply that ends the request. @throws SilentThreadError */
  request(request: ScriptRequest, limitMs: number, callback?: ScriptCallback): ScriptReply {
    if (!this.isReady) {
      this.next(performance.now() + STARTING_MS);
      this.isReady = true;
    }
    this.worker.postMessage(request);
    const deadline = performance.now() + limitMs;
    for (;;) {
      const reply = this.next(deadline);
      if (reply.kind !== 'asked') return reply;
      this.answer(reply, callback);
    }
  }

  /** Ends the thread, whatever it does. */
  async terminate(): Promise<void> {
    this.end ??= 'it was stopped';
    this.port.close();
    await this.worker.terminate();
  }

  private answer({ operation, name, args }: ScriptReply & { kind: 'asked' }, callback?: ScriptCallback): void {
    try {
      this.port.postMessage({ text: callback?.(operation, name, args) ?? '' });
    } catch (error) {
      this.port.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
    Atomics.add(this.signals, 1, 1);
    Atomics.notify(this.signals, 1);
  }

  private next(deadline: number): ScriptReply {
    while (Atomics.load(this.signals, 0) === this.received) {
      if (this.end !== null) throw new SilentThreadError(this.end);
      const remaining = deadline - performance.now();
      if (remaining <= 0) throw new SilentThreadError('it took too long');
      Atomics.wait(this.signals, 0, this.received, remaining);
    }
    const received = receiveMessageOnPort(this.port);
    if (!received) throw new SilentThreadError('what it sent is lost');
    this.received = (this.received + 1) | 0;
    return received.message as ScriptReply;
  }
}
