import { type QuickJSContext, type QuickJSHandle, Scope } from 'quickjs-emscripten';
import { BrokenSandboxError, type Sandbox, TimeLimitError } from './sandbox.js';
import type { ScriptCell } from './script-cell.js';
import type { ScriptCallback, ScriptFault, ScriptOutcome, ScriptSetup } from './script-runner.js';

/** Runs a script in the sandbox. It doesn't throw. */
export function runInSandbox(
  sandbox: Sandbox,
  source: string,
  setup: ScriptSetup,
  callback: ScriptCallback,
): ScriptOutcome {
  try {
    return sandbox.run((cell) => {
      cell.callback = callback;
      return Scope.withScope((scope) => evaluate(cell, scope, source, setup));
    });
  } catch (error) {
    if (error instanceof ScriptError) return error.outcome;
    if (error instanceof TimeLimitError || error instanceof BrokenSandboxError)
      return { kind: 'stopped', message: error.message };
    return { kind: 'stopped', message: `The script engine failed: ${String(error)}` };
  }
}

/** Reads a script without running it. Null when its syntax is right. */
export function checkInSandbox(sandbox: Sandbox, source: string): ScriptFault | null {
  try {
    return sandbox.run(({ context }) =>
      Scope.withScope((scope) => {
        const result = scope.manage(context.evalCode(source, 'script', { type: 'global', compileOnly: true }));
        if (!result.error) return null;
        const dumped = context.dump(result.error) as { message?: unknown; stack?: unknown } | null;
        const place = /script:(\d+)(?::(\d+))?/.exec(String(dumped?.stack));
        const line = Number(place?.[1] ?? 1);
        const reason = `line ${line}: ${String(dumped?.message ?? 'there is no room to read it')}`;
        return { reason, offset: offsetOf(source, line, Number(place?.[2] ?? 1)) };
      }),
    );
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), offset: 0 };
  }
}

function evaluate(cell: ScriptCell, scope: Scope, source: string, setup: ScriptSetup): ScriptOutcome {
  const { context, prelude } = cell;
  const call = (helper: QuickJSHandle, argument: QuickJSHandle) =>
    resultOf(context, scope.manage(context.callFunction(helper, context.undefined, argument)), prelude.failure);
  const text = JSON.stringify({ ...setup, turn: cell.turn });
  call(prelude.begin, scope.manage(context.newString(text)));
  const value = resultOf(context, scope.manage(context.evalCode(source, 'script')), prelude.failure);
  return { kind: 'value', text: context.getString(call(prelude.encode, value)) };
}

/** An error that a script threw, on its way out of the sandbox. */
class ScriptError extends Error {
  constructor(readonly outcome: ScriptOutcome) {
    super();
  }
}

type Result = ReturnType<QuickJSContext['evalCode']>;

/** The value of a result that its scope disposes of. @throws ScriptError with what the script threw */
function resultOf(context: QuickJSContext, result: Result, failure: QuickJSHandle): QuickJSHandle {
  if (!result.error) return result.value;
  throw new ScriptError(describe(context, failure, result.error));
}

function describe(context: QuickJSContext, failure: QuickJSHandle, error: QuickJSHandle): ScriptOutcome {
  return Scope.withScope((scope) => {
    const described = scope.manage(context.callFunction(failure, context.undefined, error));
    if (described.error) {
      // Where there is no memory left, nothing can be called and errors are null.
      const isFull = context.dump(described.error) === null;
      const message = isFull ? 'InternalError: out of memory' : 'It threw an error that cannot be read';
      return { kind: 'failure', message };
    }
    const { bpmn, code, message, text, line } = JSON.parse(context.getString(described.value)) as Description;
    if (bpmn === true) return { kind: 'bpmnError', code: String(code), message: message ?? null };
    return { kind: 'failure', message: String(message), ...(text !== undefined && { text }), ...(line && { line }) };
  });
}

interface Description {
  readonly bpmn?: boolean;
  readonly code?: string;
  readonly message?: string | null;
  readonly text?: string;
  readonly line?: number;
}

function offsetOf(source: string, line: number, column: number): number {
  const lines = source.split('\n').slice(0, line - 1);
  return lines.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}
