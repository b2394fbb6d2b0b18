import { allExtensions, type ModdleElement } from './moddle.js';
import type { ParseContext } from './parse-context.js';

/** What processes, flow nodes and sequence flows understand of the `camunda` dialect. */
const common = new Set([
  'modelerTemplate',
  'modelerTemplateVersion',
  'modelerTemplateIcon',
  'camunda:ExecutionListener',
  'camunda:Properties',
]);

/** What every flow node understands beside that. */
export const flowNodeDialect: readonly string[] = [
  'async',
  'asyncBefore',
  'asyncAfter',
  'exclusive',
  'jobPriority',
  'camunda:InputOutput',
  'camunda:FailedJobRetryTimeCycle',
];

/**
 * Refuses attributes that Camunda executes and nobody here does, and Camunda 8's dialect. What Camunda doesn't read at such an element
 * either is a warning.
 */
export function refuseUnknownDialect(
  source: ModdleElement,
  understands: readonly string[],
  context: ParseContext,
): void {
  const known = (name: string) => common.has(name) || understands.includes(name);
  for (const name of dialectAttributes(source))
    if (!known(name))
      context.refuse(
        source,
        `Expected only attributes that can be executed, but 'camunda:${name}' isn't supported here`,
      );
  for (const extension of allExtensions(source)) {
    const { $type: type } = extension;
    if (type.startsWith('zeebe:'))
      context.refuse(
        source,
        `Expected only extension elements that can be executed, but '${type}' belongs to Camunda 8`,
      );
    else if (type.startsWith('camunda:') && !known(type))
      context.warn(source, `'${type}' has no effect at this element`);
  }
}

/** Local names of the `camunda:` attributes that are written on the element; reading the document refuses unknown ones. */
function dialectAttributes(source: ModdleElement): string[] {
  return Object.keys(source).filter((key) => source.$descriptor.propertiesByName[key]?.ns.prefix === 'camunda');
}
