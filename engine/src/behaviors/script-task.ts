import { text } from '../model/moddle.js';
import type { Behavior } from './behavior.js';

interface ScriptConfig {
  readonly format: string;
  readonly source: string;
  readonly resultVariable: string | null;
}

/** Runs a script in the sandbox; its value goes to the result variable. Source: BPMN 2.0.2 §10.3.3, §13.3.3. */
export const scriptTask: Behavior<ScriptConfig | null> = {
  understands: ['resultVariable', 'resource'],
  parse(source, context) {
    if (text(source, 'resource') !== null)
      context.refuse(
        source,
        "Expected a script in the model itself, but it is in a 'camunda:resource', which isn't supported",
      );
    const script = context.script(source, text(source, 'scriptFormat') ?? '', text(source, 'script') ?? '');
    return script && { ...script, resultVariable: text(source, 'resultVariable') };
  },
  activityType: () => 'scriptTask',
  enter({ config }, view) {
    if (!config) return { kind: 'leave' };
    const value = view.runScript(config.format, config.source);
    if (config.resultVariable !== null) view.variables.set(config.resultVariable, value);
    return { kind: 'leave' };
  },
};
