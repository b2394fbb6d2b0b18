import { BpmnErrorSignal, EvaluationError, ExpressionSyntaxError } from '../errors.js';
import type { EvaluationContext, ScriptHost } from '../ports.js';
import type { TypedValue } from '../runtime/typed-value.js';
import { compileExpression } from './compile-expression.js';
import { exactValue } from './juel/convert.js';
import { DecisionRules, decisionMethods } from './juel/decision-methods.js';
import { Fault } from './juel/fault.js';
import { callMethod, type Methods } from './juel/method.js';
import { opened } from './juel/resolve.js';
import { ExecutionFacade, executionMethods, TaskFacade, taskMethods } from './juel/scope-facade.js';
import {
  createScriptRunner,
  type ScriptOutcome,
  type ScriptRunner,
  type ScriptRunnerOptions,
  type ScriptSetup,
} from './script/script-runner.js';
import { fromSandbox, toSandbox, typedFromSandbox } from './script/transfer.js';

const JAVASCRIPT: ReadonlySet<string> = new Set(['javascript', 'ecmascript', 'js', 'graal.js', 'nashorn']);
const EXPRESSIONS: ReadonlyMap<string, 'juel' | 'feel'> = new Map([
  ['juel', 'juel'],
  ['feel', 'feel'],
]);

/** How much text a script may send to its process and get from it, in characters: what it writes is kept outside of the sandbox. */
const TRAFFIC = 16 * 1_048_576;

/** A host whose scripts run here; `createScriptRunner` says within which limits. */
export async function createScriptHost(options: ScriptRunnerOptions = {}): Promise<ScriptHost> {
  return scriptHostOn(await createScriptRunner(options));
}

/** A host that runs JavaScript by the runner, and FEEL and JUEL as script formats. */
export function scriptHostOn(runner: ScriptRunner): ScriptHost {
  return {
    formats: new Set([...JAVASCRIPT, ...EXPRESSIONS.keys()]),
    check(format, source) {
      const language = languageOf(format);
      if (language === 'javascript') {
        const fault = runner.check(source);
        if (fault) throw new ExpressionSyntaxError(source, fault.reason, fault.offset);
      } else compileExpression(source, { language });
    },
    run(format, source, context) {
      const language = languageOf(format);
      if (language === 'javascript') return new Bridge(context).run(runner, source);
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

/** Answers what a script asks of the place where it runs. */
class Bridge {
  private hostError: unknown;
  private traffic = 0;

  constructor(private readonly evaluation: EvaluationContext) {}

  /** @throws EvaluationError, BpmnErrorSignal, and what the engine refused */
  run(runner: ScriptRunner, source: string): TypedValue {
    const { variables, task, execution, decisionResult } = this.evaluation;
    const setup: ScriptSetup = {
      hasTask: task !== undefined,
      hasDecisionResult: decisionResult !== undefined,
      variables: [...variables.names()],
      place: execution.activityInstanceId,
    };
    const outcome = runner.run(source, setup, (...question) => this.answer(...question));
    if (outcome.kind !== 'value') throw this.errorFrom(outcome);
    try {
      return typedFromSandbox(outcome.text);
    } catch (error) {
      if (error instanceof Fault) throw evaluationError(error.message);
      throw error;
    }
  }

  /** The engine's own errors pass, all others are evaluation errors. */
  private errorFrom(outcome: Exclude<ScriptOutcome, { kind: 'value' }>): Error {
    if (outcome.kind === 'bpmnError') return new BpmnErrorSignal(outcome.code, outcome.message);
    if (outcome.kind === 'stopped') return evaluationError(outcome.message);
    const { hostError } = this;
    const isOurs = hostError instanceof Error && !(hostError instanceof Fault);
    return isOurs && outcome.text === hostError.message ? hostError : evaluationError(outcome.message, outcome.line);
  }

  private answer(operation: string, name: string, args: string): string {
    try {
      this.count(args.length);
      const answer = operation === 'variable' ? this.read(name) : this.callFacade(name, args);
      this.count(answer.length);
      return answer;
    } catch (error) {
      this.hostError = error;
      throw error;
    }
  }

  private count(length: number): void {
    this.traffic += length;
    if (this.traffic > TRAFFIC) throw new Fault('The script moved too much data from or to its process');
  }

  private read(name: string): string {
    const typed = this.evaluation.variables.get(name);
    return toSandbox(typed === undefined ? null : exactValue(typed));
  }

  private callFacade(name: string, args: string): string {
    const [target, method] = name.split('.') as [string, string];
    const values = (JSON.parse(args) as string[]).map(fromSandbox);
    return toSandbox(this.call(target, method, values));
  }

  private call(target: string, name: string, args: readonly unknown[]): unknown {
    const [methods, self] = this.facadeOf(target);
    const method = methods.get(name);
    if (!method) throw new Fault(`'${target}' has no method '${name}'`);
    return opened(callMethod(method, name, self, args));
  }

  private facadeOf(target: string): readonly [Methods<unknown>, unknown] {
    const { task, decisionResult } = this.evaluation;
    if (target === 'task' && task) return [taskMethods as Methods<unknown>, new TaskFacade(this.evaluation, task)];
    if (target === 'decisionResult' && decisionResult)
      return [decisionMethods as Methods<unknown>, new DecisionRules(decisionResult.rules)];
    return [executionMethods as Methods<unknown>, new ExecutionFacade(this.evaluation)];
  }
}

function evaluationError(message: string, line?: number): EvaluationError {
  const place = line === undefined ? '' : ` (line ${line})`;
  return new EvaluationError(`Error while evaluating script${place}: ${message}`);
}
