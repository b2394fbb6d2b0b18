import type { ScriptCallback, ScriptFault, ScriptOutcome, ScriptRunner, ScriptSetup } from '@millrace/engine';
import { type ScriptReply, type ScriptRequest, ScriptThread, SilentThreadError } from './script-thread.js';

/** A script's time, from its start to its result. */
const TIME_LIMIT_MS = 1_000;
/** How much longer the thread has to stop the script by itself: between its steps it can, in a single long call it can't. */
const PATIENCE_MS = 500;

/**
 * Runs scripts on a thread of their own, one at a time, and waits for each, because the engine's commands are
 * synchronous. A script that its sandbox can't stop (QuickJS doesn't interrupt a built-in function) ends together with
 * its thread; the next script gets a new one.
 */
export class ThreadedScriptRunner implements ScriptRunner {
  private thread: ScriptThread;

  constructor(
    private readonly timeLimitMs = TIME_LIMIT_MS,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.thread = new ScriptThread(timeLimitMs);
  }

  check(source: string): ScriptFault | null {
    const reply = this.request({ kind: 'check', source });
    if (reply instanceof SilentThreadError) return { reason: `It can't be read: ${reply.message}`, offset: 0 };
    return reply.kind === 'checked' ? reply.fault : null;
  }

  run(source: string, setup: ScriptSetup, callback: ScriptCallback): ScriptOutcome {
    const reply = this.request({ kind: 'run', source, setup }, callback);
    if (reply instanceof SilentThreadError)
      return { kind: 'stopped', message: `The script was ended: ${reply.message}` };
    return reply.kind === 'ended' ? reply.outcome : { kind: 'stopped', message: 'The script had no end' };
  }

  async close(): Promise<void> {
    await this.thread.terminate();
  }

  private request(request: ScriptRequest, callback?: ScriptCallback): ScriptReply | SilentThreadError {
    if (!this.thread.isAlive) this.replace();
    try {
      return this.thread.request(request, this.timeLimitMs + this.patienceMs, callback);
    } catch (error) {
      if (!(error instanceof SilentThreadError)) throw error;
      this.replace();
      return error;
    }
  }

  private replace(): void {
    void this.thread.terminate();
    this.thread = new ScriptThread(this.timeLimitMs);
  }
}
