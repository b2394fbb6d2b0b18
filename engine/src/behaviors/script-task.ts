import { runScript } from '../expression/run-script.js';
import { type ModdleElement, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { Script } from '../model/process-model.js';
import type { Behavior } from './behavior.js';
import {
  type ExternalWork,
  enterWork,
  resultVariableAttributes,
  resultVariableOf,
  topicOf,
} from './shared/external-work.js';
import { constant } from './shared/java-work.js';
import { isWorkerScript, workerScript } from './shared/worker-script.js';

type ScriptConfig =
  | { readonly kind: 'script'; readonly script: Script; readonly resultVariable: string | null }
  /** In a language that isn't run here, or on a class path. */
  | ExternalWork;

/**
 * Runs a script in the sandbox; its value goes to the result variable. In a language that isn't run in-process it is work for
 * a worker, who finds the script in the extension properties of the external task. Source: BPMN 2.0.2 §10.3.3, §13.3.3.
 */
export const scriptTask: Behavior<ScriptConfig | null> = {
  understands: [...resultVariableAttributes, 'resource'],
  parse(source, context) {
    const format = text(source, 'scriptFormat') ?? 'juel';
    const resultVariable = resultVariableOf(source);
    if (isWorkerScript(source, format.toLowerCase(), context)) return scriptWork(source, format.toLowerCase(), context);
    const resource = text(source, 'resource');
    const body = resource === null ? (text(source, 'script') ?? '') : context.resource(source, resource);
    const script = body === null ? null : context.script(source, format, body);
    return script && { kind: 'script', script, resultVariable };
  },
  activityType: () => 'scriptTask',
  data({ config }) {
    if (config?.kind !== 'script') return config ? { writer: 'worker' } : {};
    return { writes: config.resultVariable === null ? [] : [config.resultVariable] };
  },
  topic: ({ config }) => (config?.kind === 'external' ? topicOf(config) : undefined),
  enter({ config }, view) {
    if (!config) return { kind: 'leave' };
    if (config.kind === 'external') return enterWork(config, view);
    const value = runScript(config.script, view);
    // as in Camunda, a script without a value leaves the variable as it is
    if (config.resultVariable !== null && value.type !== 'Null') view.variables.set(config.resultVariable, value);
    return { kind: 'leave' };
  },
};

function scriptWork(source: ModdleElement, format: string, context: ParseContext): ExternalWork {
  const resultVariable = resultVariableOf(source);
  return {
    kind: 'external',
    topic: constant(`script.${format}`),
    priority: null,
    properties: {
      ...workerScript(source, source, 'script', format, context),
      ...(resultVariable !== null && { resultVariable: constant(resultVariable) }),
    },
    errorRules: [],
    inputs: [],
    outputs: [],
  };
}
