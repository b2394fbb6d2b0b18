import { type QuickJSContext, type QuickJSHandle, Scope } from 'quickjs-emscripten';
import { BpmnErrorSignal, EngineError, EvaluationError, ExpressionSyntaxError } from '../errors.js';
import type { EvaluationContext, ScriptHost } from '../ports.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { compileExpression } from './compile-expression.js';
import { exactValue } from './juel/convert.js';
import { Fault } from './juel/fault.js';
import { callMethod, type Method } from './juel/method.js';
import { ExecutionFacade, executionMethods, TaskFacade, taskMethods } from './juel/scope-facade.js';
import { PRELUDE } from './script/prelude.js';
import { BrokenSandboxError, Sandbox, type SandboxLimits, TimeLimitError } from './script/sandbox.js';
import { fromSandbox, toSandbox, typedFromSandbox } from './script/transfer.js';

/** Limits that aren't given have defaults: 16 MB of memory, 64 kB of stack, about a second of time. */
export type ScriptHostOptions = Partial<SandboxLimits>;

const DEFAULTS: SandboxLimits = { memoryBytes: 16 * 1_048_576, stackBytes: 64 * 1_024, interrupts: 10_000 };

const JAVASCRIPT: ReadonlySet<string> = new Set(['javascript', 'ecmascript', 'js', 'graal.js', 'nashorn']);
const EXPRESSIONS: ReadonlyMap<string, 'juel' | 'feel'> = new Map([
  ['juel', 'juel'],
  ['feel', 'feel'],
]);

const SETUP_FACADES = {
  execution: [...executionMethods.keys()],
  task: [...taskMethods.keys()].filter((name) => name !== 'getExecution'),
};

/**
 * A host that runs JavaScript in a sandbox (QuickJS in WASM, without any way to the outside), and FEEL and JUEL as
 * script formats. Memory and stack are limited strictly. Time is limited between the script's steps: a single call
 * of a built-in function (searching a huge text, say) is bounded by the memory alone.
 */
export async function createScriptHost(options: ScriptHostOptions = {}): Promise<ScriptHost> {
  const sandbox = await Sandbox.create({ ...DEFAULTS, ...options });
  return {
    formats: new Set([...JAVASCRIPT, ...EXPRESSIONS.keys()]),
    check(format, source) {
      const language = languageOf(format);
      if (language === 'javascript') checkSyntax(sandbox, source);
      else compileExpression(source, { language });
    },
    run(format, source, context) {
      const language = languageOf(format);
      if (language === 'javascript') return runScript(sandbox, source, context);
      return compileExpression(source, { language }).evaluateTyped(context);
    },
  };
}

function languageOf(format: string): 'javascript' | 'juel' | 'feel' {
  const name = format.trim().toLowerCase();
  const language = JAVASCRIPT.has(name) ? 'javascript' : EXPRESSIONS.get(name);
  if (!language) throw new EvaluationError(`Expected a script format that can be run, but '${format}' can't`);
  return language;
}

function checkSyntax(sandbox: Sandbox, source: string): void {
  sandbox.run((context) =>
    Scope.withScope((scope) => {
      const result = scope.manage(context.evalCode(source, 'script', { type: 'global', compileOnly: true }));
      if (!result.error) return;
      const dumped = context.dump(result.error) as { message?: unknown; stack?: unknown };
      const place = /script:(\d+)(?::(\d+))?/.exec(String(dumped.stack));
      const line = Number(place?.[1] ?? 1);
      const column = Number(place?.[2] ?? 1);
      const reason = `line ${line}: ${String(dumped.message)}`;
      throw new ExpressionSyntaxError(source, reason, offsetOf(source, line, column));
    }),
  );
}

function runScript(sandbox: Sandbox, source: string, evaluation: EvaluationContext): TypedValue {
  const bridge = new Bridge(evaluation);
  try {
    return sandbox.run((context) =>
      Scope.withScope((scope) => {
        const { encode, failure } = bridge.install(context, scope);
        const value = resultOf(context, scope.manage(context.evalCode(source, 'script')), failure);
        const text = resultOf(context, scope.manage(context.callFunction(encode, context.undefined, value)), failure);
        return typedFromSandbox(context.getString(text));
      }),
    );
  } catch (error) {
    throw bridge.toEngineError(error);
  }
}

interface Helpers {
  readonly encode: QuickJSHandle;
  readonly failure: QuickJSHandle;
}

/** Answers what a script asks of the place where it runs. */
class Bridge {
  private hostError: unknown;

  constructor(private readonly evaluation: EvaluationContext) {}

  /** Puts the script's surroundings into a fresh context. */
  install(context: QuickJSContext, scope: Scope): Helpers {
    const { variables, task } = this.evaluation;
    const setup = {
      execution: SETUP_FACADES.execution,
      task: task ? SETUP_FACADES.task : null,
      variables: [...variables.names()],
    };
    const host = scope.manage(
      context.newFunction('host', (...handles) => {
        const [operation = '', name = '', args = ''] = handles.map((handle) => context.getString(handle));
        return context.newString(this.answer(operation, name, args));
      }),
    );
    const prelude = resultOf(context, scope.manage(context.evalCode(PRELUDE, 'prelude')));
    const text = scope.manage(context.newString(JSON.stringify(setup)));
    const helpers = resultOf(context, scope.manage(context.callFunction(prelude, context.undefined, host, text)));
    return {
      encode: scope.manage(context.getProp(helpers, 'encode')),
      failure: scope.manage(context.getProp(helpers, 'failure')),
    };
  }

  /** What remains of an error outside of the sandbox: the engine's own errors pass, all others are evaluation errors. */
  toEngineError(error: unknown): unknown {
    if (error instanceof ScriptFailure && this.hostError instanceof Error && !(this.hostError instanceof Fault)) {
      if (error.text === this.hostError.message) return this.hostError;
    }
    if (error instanceof EngineError || error instanceof BpmnErrorSignal) return error;
    if (error instanceof ScriptFailure) {
      const place = error.line === undefined ? '' : ` (line ${error.line})`;
      return new EvaluationError(`Error while evaluating script${place}: ${error.message}`);
    }
    if (error instanceof TimeLimitError || error instanceof BrokenSandboxError || error instanceof Fault) {
      return new EvaluationError(`Error while evaluating script: ${error.message}`, {}, { cause: error });
    }
    return error;
  }

  private answer(operation: string, name: string, args: string): string {
    try {
      if (operation === 'variable') {
        const typed = this.evaluation.variables.get(name);
        return toSandbox(typed === undefined ? null : exactValue(typed));
      }
      const [target, method] = name.split('.') as [string, string];
      const values = (JSON.parse(args) as string[]).map(fromSandbox);
      return toSandbox(this.call(target, method, values));
    } catch (error) {
      this.hostError = error;
      throw error;
    }
  }

  private call(target: string, name: string, args: readonly unknown[]): unknown {
    const { task } = this.evaluation;
    const method: Method<never> | undefined = target === 'task' ? taskMethods.get(name) : executionMethods.get(name);
    const self =
      target === 'task' && task ? new TaskFacade(this.evaluation, task) : new ExecutionFacade(this.evaluation);
    if (!method) throw new Fault(`'${target}' has no method '${name}'`);
    return callMethod(method, name, self as never, args);
  }
}

/** An error that a script threw, as it reads outside of the sandbox. */
class ScriptFailure extends Error {
  constructor(
    message: string,
    readonly text?: string,
    readonly line?: number,
  ) {
    super(message);
  }
}

type Result = ReturnType<QuickJSContext['evalCode']>;

/** The value of a result that its scope disposes of. @throws what the script threw, in words of ours */
function resultOf(context: QuickJSContext, result: Result, failure?: QuickJSHandle): QuickJSHandle {
  if (!result.error) return result.value;
  throw failure
    ? describeFailure(context, failure, result.error)
    : new ScriptFailure('InternalError: there is no room to run it');
}

function describeFailure(context: QuickJSContext, failure: QuickJSHandle, error: QuickJSHandle): Error {
  return Scope.withScope((scope) => {
    const described = scope.manage(context.callFunction(failure, context.undefined, error));
    if (described.error) {
      // Where there is no memory left, nothing can be called and errors are null.
      const isFull = context.dump(described.error) === null;
      throw new ScriptFailure(isFull ? 'InternalError: out of memory' : 'It threw an error that cannot be read');
    }
    const parsed = JSON.parse(context.getString(described.value)) as FailureDescription;
    if (parsed.bpmn === true) return new BpmnErrorSignal(String(parsed.code), parsed.message ?? null);
    return new ScriptFailure(String(parsed.message), parsed.text, parsed.line);
  });
}

interface FailureDescription {
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
