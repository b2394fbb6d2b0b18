import { EvaluationError } from '../errors.js';
import type { Expression } from '../ports.js';

/** Reads a file of the deployment that a model belongs to. */
type ResourceReader = (name: string) => string | undefined;

/** Whether an expression gives the name of the resource. */
export function isComputed(resource: string): boolean {
  return /[$#]\{/.test(resource);
}

/** Whether Camunda looks for it on the class path: so it does where the model doesn't say otherwise. */
export function isOnClassPath(resource: string): boolean {
  return !resource.startsWith('deployment://') && !isComputed(resource);
}

/** The name of the file, without the scheme. */
export function resourceName(resource: string): string {
  return resource.replace(/^(deployment|classpath):\/\//, '');
}

/** Gives the text of the resource that the expression names. It fails where there is none. */
export function resourceText(name: Expression, read: ResourceReader): Expression {
  const evaluate: Expression['evaluate'] = (context) => {
    const resource = String(name.evaluate(context) ?? '');
    const found = read(resourceName(resource));
    if (found !== undefined) return found;
    throw new EvaluationError(
      `Expected a resource '${resourceName(resource)}' in the deployment ('${name.source}'), but there is none`,
    );
  };
  return {
    source: name.source,
    evaluate,
    evaluateTyped: (context) => ({ type: 'String', value: String(evaluate(context)) }),
  };
}
