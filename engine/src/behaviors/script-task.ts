import { runScript } from '../expression/run-script.js';
import { type ModdleElement, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { Script } from '../model/process-model.js';
import type { Behavior } from './behavior.js';
import { type ExternalWork, enterWork, topicOf } from './shared/external-work.js';
import { constant } from './shared/java-work.js';

type ScriptConfig =
  | { readonly kind: 'script'; readonly script: Script; readonly resultVariable: string | null }
  /** In a language that isn't run here. */
  | ExternalWork;

/**
 * Runs a script in the sandbox; its value goes to the result variable. In a language that isn't run in-process it is work for
 * a worker, who finds the script in the extension properties of the external task. Source: BPMN 2.0.2 §10.3.3, §13.3.3.
 */
export const scriptTask: Behavior<ScriptConfig | null> = {
  understands: ['resultVariable', 'resource'],
  parse(source, context) {
    const format = text(source, 'scriptFormat') ?? 'juel';
    const resultVariable = text(source, 'resultVariable');
    if (!context.scriptFormats.has(format.toLowerCase())) return foreignScript(source, format.toLowerCase(), context);
    const resource = text(source, 'resource');
    const body = resource === null ? (text(source, 'script') ?? '') : context.resource(source, resource);
    const script = body === null ? null : context.script(source, format, body);
    return script && { kind: 'script', script, resultVariable };
  },
  activityType: () => 'scriptTask',
  topic: ({ config }) => (config?.kind === 'external' ? topicOf(config) : undefined),
  enter({ config }, view) {
    if (!config) return { kind: 'leave' };
    if (config.kind === 'external') return enterWork(config, view);
    const value = runScript(config.script, view);
    if (config.resultVariable !== null) view.variables.set(config.resultVariable, value);
    return { kind: 'leave' };
  },
};

/** A resource that isn't in the deployment is the worker's: it's told the name. */
function foreignScript(source: ModdleElement, format: string, context: ParseContext): ExternalWork {
  const resource = text(source, 'resource');
  const inDeployment = resource?.startsWith('deployment://') === true;
  const script = inDeployment && resource !== null ? context.resource(source, resource) : text(source, 'script');
  const known = {
    script,
    scriptFormat: format,
    scriptResource: resource,
    resultVariable: text(source, 'resultVariable'),
  };
  return {
    kind: 'external',
    topic: constant(`script.${format}`),
    priority: null,
    properties: Object.fromEntries(
      Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[name, constant(value)]])),
    ),
    errorRules: [],
    inputs: [],
    outputs: [],
  };
}
