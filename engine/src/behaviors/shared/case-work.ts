import { ExecutionError } from '../../errors.js';
import { type ModdleElement, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Expression } from '../../ports.js';
import { type ExternalWork, parsePriority } from './external-work.js';
import { constant, type WorkProperties } from './java-work.js';

/** The attributes of a call activity that calls a case instead of a process. */
export const caseAttributes = ['caseRef', 'caseBinding', 'caseVersion', 'caseTenantId'] as const;

/**
 * A case (CMMN) is for a worker: the topic is `case.<key>`, the binding, the tenant and the business key are extension
 * properties.
 */
export function caseWork(
  source: ModdleElement,
  key: Expression,
  businessKey: Expression | null,
  context: ParseContext,
): ExternalWork {
  const binding = context.binding(source, 'case');
  const version = binding?.kind === 'version' ? binding.version : null;
  const known: Record<string, Expression | null> = {
    businessKey,
    caseBinding: binding && binding.kind !== 'default' ? constant(binding.kind) : null,
    caseVersion: typeof version === 'number' ? constant(String(version)) : version,
    caseTenantId: context.attribute(source, 'caseTenantId'),
  };
  return {
    kind: 'external',
    topic: caseTopic(source, key),
    priority: parsePriority(source, source, context),
    properties: givenOf(known),
    errorRules: [],
    inputs: [],
    outputs: [],
  };
}

function givenOf(properties: Readonly<Record<string, Expression | null>>): WorkProperties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  );
}

/** Known beforehand unless an expression gives the key. */
function caseTopic(source: ModdleElement, key: Expression): Expression {
  if (key.literal !== undefined) return constant(`case.${key.literal}`);
  const topic: Expression['evaluate'] = (view) => {
    const value = key.evaluate(view);
    if (value === null || value === undefined || value === '')
      throw new ExecutionError(
        `Expected the case that '${text(source, 'id') ?? ''}' calls to have a key, but '${key.source}' gives none`,
      );
    return `case.${String(value)}`;
  };
  return {
    source: key.source,
    evaluate: topic,
    evaluateTyped: (view) => ({ type: 'String', value: String(topic(view)) }),
  };
}
