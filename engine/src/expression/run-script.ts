import type { Script } from '../model/process-model.js';
import type { EvaluationContext } from '../ports.js';
import type { TypedValue } from '../runtime/typed-value.js';

/** The value of a script of the model at this place. @throws EvaluationError, BpmnErrorSignal */
export function runScript({ format, source }: Script, context: EvaluationContext): TypedValue {
  return context.runScript(format, typeof source === 'string' ? source : String(source.evaluate(context) ?? ''));
}
