import type { ExpressionOptions } from './compile-expression.js';
import { compileFeel } from './feel/compile-feel.js';
import { RESERVED_NAMES } from './juel/compile.js';
import { parseTemplate } from './juel/parser.js';
import { walk } from './juel/walk.js';

/**
 * The names of the variables that an expression reads by themselves (`order` in `${order.total > limit}`), each once,
 * in their order. What it reads by `execution.getVariable('x')` counts too, where the name is written out. In FEEL,
 * names of functions can't be told from variables and are left out only when they are called.
 * @throws ExpressionSyntaxError
 */
export function variablesRead(source: string, { language = 'juel' }: ExpressionOptions = {}): string[] {
  if (language === 'feel') return compileFeel(source).names.filter((name) => !isCalled(source, name));
  const names = new Set<string>();
  for (const part of parseTemplate(source)) {
    if (typeof part === 'string') continue;
    walk(part, (node) => {
      if (node.kind === 'identifier' && !RESERVED_NAMES.has(node.name)) names.add(node.name);
      if (node.kind !== 'method' || node.base.kind !== 'identifier' || !RESERVED_NAMES.has(node.base.name)) return;
      const [name] = node.args;
      const method = node.name.kind === 'literal' ? node.name.value : null;
      const reads = method === 'getVariable' || method === 'getVariableLocal' || method === 'getVariableTyped';
      if (reads && name?.kind === 'literal' && typeof name.value === 'string') names.add(name.value);
    });
  }
  return [...names];
}

function isCalled(source: string, name: string): boolean {
  const words = name.split(' ').map((word) => word.replace(/[$?]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${words.join('\\s+')}\\s*\\(`, 'u').test(source);
}

/** The names in a JUEL text that stand for the place of evaluation: `execution`, `task`. @throws ExpressionSyntaxError */
export function reservedNamesRead(source: string): string[] {
  const names = new Set<string>();
  for (const part of parseTemplate(source)) {
    if (typeof part === 'string') continue;
    walk(part, (node) => {
      if (node.kind === 'identifier' && RESERVED_NAMES.has(node.name)) names.add(node.name);
    });
  }
  return [...names];
}

/**
 * The name that stands first in an expression which is a method call as a whole: `bean` in `${bean.method(execution)}`.
 * Null for every other expression. @throws ExpressionSyntaxError
 */
export function calledBean(source: string): string | null {
  const [only, ...more] = parseTemplate(source.trim());
  if (only === undefined || typeof only === 'string' || more.length > 0 || only.kind !== 'method') return null;
  let base = only.base;
  while (base.kind === 'method' || base.kind === 'property') base = base.base;
  return base.kind === 'identifier' && !RESERVED_NAMES.has(base.name) ? base.name : null;
}
