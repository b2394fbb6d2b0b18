import type { Node } from './ast.js';
import { jodaMethods } from './joda-methods.js';
import { getterOf, type Methods } from './method.js';
import { executionMethods } from './scope-facade.js';
import { stringMethods } from './string-methods.js';
import { dateMethods } from './value-methods.js';

/**
 * What is wrong with a method or property of something whose kind is known before it is evaluated: `execution`, what
 * `dateTime()` and `now()` give, a text in quotes. Null where nothing is, or only a variable's value can tell.
 */
export function unknownMember(node: Node): string | null {
  if ((node.kind !== 'method' && node.kind !== 'property') || node.name.kind !== 'literal') return null;
  const known = knownMethods(node.base);
  if (!known || typeof node.name.value !== 'string') return null;
  const [what, table] = known;
  const name = node.name.value;
  if (node.kind === 'property') return getterOf(table, name) ? null : `${what} has no property '${name}'`;
  const method = table.get(name);
  if (!method) return `${what} has no method '${name}'`;
  const count = node.args.length;
  if (count >= method.min && count <= method.max) return null;
  return `method '${name}' of ${what} isn't called with ${count} arguments`;
}

function knownMethods(node: Node): readonly [string, Methods<unknown>] | null {
  if (node.kind === 'identifier' && node.name === 'execution')
    return ["'execution'", executionMethods as Methods<unknown>];
  if (node.kind === 'literal' && typeof node.value === 'string') return ['a text', stringMethods as Methods<unknown>];
  if (node.kind === 'function' && node.name === 'now') return ['a date', dateMethods as Methods<unknown>];
  return isDateTime(node) ? ["what 'dateTime()' gives", jodaMethods as Methods<unknown>] : null;
}

/** `dateTime()`, and what is chained to it as long as that gives another one. */
function isDateTime(node: Node): boolean {
  if (node.kind === 'function') return node.name === 'dateTime';
  if (node.kind !== 'method' || node.name.kind !== 'literal') return false;
  return /^(?:plus|minus|with)[A-Z]/.test(String(node.name.value)) && isDateTime(node.base);
}
