import { Sandbox, type SandboxLimits } from './sandbox.js';
import { checkInSandbox, runInSandbox } from './script-run.js';

/** What a script finds around itself. Plain data, as all that crosses the border of a runner. */
export interface ScriptSetup {
  /** Whether there is a `task`. */
  readonly hasTask: boolean;
  /** Whether there is a `decisionResult`. */
  readonly hasDecisionResult: boolean;
  /** The names of the variables that can be read as globals. */
  readonly variables: readonly string[];
  /** Where it runs: an id, by which its random numbers differ from those that other scripts get. */
  readonly place: string;
}

/**
 * Answers what a script asks: `variable` with a name, `call` with `target.method` and arguments. Values are texts as
 * `transfer.ts` writes them. What it throws is thrown in the script, with its message.
 */
export type ScriptCallback = (operation: string, name: string, args: string) => string;

export type ScriptOutcome =
  /** The value of the last expression, as `transfer.ts` reads it. */
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'bpmnError'; readonly code: string; readonly message: string | null }
  /** It threw. `text` is the error's own message, `message` has the error's name before it. */
  | { readonly kind: 'failure'; readonly message: string; readonly text?: string; readonly line?: number }
  /** It was stopped, or there was nobody to run it. */
  | { readonly kind: 'stopped'; readonly message: string };

/** A syntax error. */
export interface ScriptFault {
  readonly reason: string;
  /** Characters from the start of the script. */
  readonly offset: number;
}

/** Runs JavaScript: here (`createScriptRunner`), or on another thread that can be ended. It never throws. */
export interface ScriptRunner {
  /** Null when the script's syntax is right. */
  check(source: string): ScriptFault | null;
  run(source: string, setup: ScriptSetup, callback: ScriptCallback): ScriptOutcome;
}

/** Limits that aren't given have defaults: 16 MB of memory, 64 kB of stack, about a second of time. */
export type ScriptRunnerOptions = Partial<SandboxLimits>;

const DEFAULTS: SandboxLimits = { memoryBytes: 16 * 1_048_576, stackBytes: 64 * 1_024, interrupts: 10_000 };

/**
 * Runs JavaScript in a sandbox (QuickJS in WASM, without any way to the outside). Memory and stack are limited
 * strictly. Time is limited between the script's steps: a single call of a built-in function (searching a huge text,
 * say) is bounded by the memory alone, so a host that serves others runs this on a thread of its own.
 */
export async function createScriptRunner(options: ScriptRunnerOptions = {}): Promise<ScriptRunner> {
  const sandbox = await Sandbox.create({ ...DEFAULTS, ...options });
  return {
    check: (source) => checkInSandbox(sandbox, source),
    run: (source, setup, callback) => runInSandbox(sandbox, source, setup, callback),
  };
}
