import { type ModdleElement, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import { isComputed, isOnClassPath } from '../../model/script-resource.js';
import type { Expression } from '../../ports.js';
import { constant, type WorkProperties } from './java-work.js';

/**
 * Whether a script is a worker's: its language isn't run here, or Camunda finds it on the class path and the deployment doesn't
 * hold it.
 * @param format in lower case
 */
export function isWorkerScript(script: ModdleElement, format: string, context: ParseContext): boolean {
  if (!context.scriptFormats.has(format)) return true;
  const resource = text(script, 'resource');
  return resource !== null && isOnClassPath(resource) && context.findResource(resource) === undefined;
}

/**
 * What a worker is told of such a script. What the deployment holds goes to the worker as text; else it's told the name.
 * @param body names the property that holds the script itself
 */
export function workerScript(
  owner: ModdleElement,
  script: ModdleElement,
  body: 'script' | 'value',
  scriptFormat: string,
  context: ParseContext,
): WorkProperties {
  const resource = text(script, 'resource');
  const known: Record<string, Expression | string | null> = {
    script: resource === null ? text(script, body) : textOf(owner, resource, context),
    scriptFormat,
    scriptResource:
      resource !== null && isComputed(resource) ? context.expression(owner, resource, "'resource'") : resource,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === null ? [] : [[name, typeof value === 'string' ? constant(value) : value]],
    ),
  );
}

function textOf(owner: ModdleElement, resource: string, context: ParseContext): Expression | string | null {
  if (isComputed(resource)) return resource.startsWith('deployment://') ? context.resource(owner, resource) : null;
  const found = context.findResource(resource);
  if (found === undefined && !isOnClassPath(resource))
    context.warn(owner, `There is no '${resource}' in the deployment, so the worker is told the name alone`);
  return found ?? null;
}
