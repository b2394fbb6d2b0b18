import { ExpressionSyntaxError } from '../errors.js';
import { calledBean, variablesRead } from '../expression/references.js';

/** The variables that an expression reads; a bean of which it calls a method isn't one. */
export function readsOfText(source: string, language: 'juel' | 'feel'): string[] {
  try {
    const bean = language === 'juel' ? calledBean(source) : null;
    return variablesRead(source, { language }).filter((name) => name !== bean);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return []; // text that stands for itself
    throw error;
  }
}

const SET = /\bsetVariable(?:Local)?\s*\(\s*(?:'([^'\\]*)'\s*[,)]|"([^"\\]*)"\s*[,)]|(\S))/g;
const GET = /\bgetVariable(?:Local|Typed)?\s*\(\s*(?:'([^'\\]*)'|"([^"\\]*)")/g;

/** The variables that a script or expression sets by name; open when it also sets some whose name it computes. */
export function writesOfText(source: string): { readonly names: readonly string[]; readonly isOpen: boolean } {
  const calls = [...source.matchAll(SET)];
  return {
    names: calls.flatMap(([, single, double]) => single ?? double ?? []),
    isOpen: calls.some(([, , , other]) => other !== undefined) || /\bsetVariables(?:Local)?\s*\(/.test(source),
  };
}

/**
 * The names that a JavaScript text seems to read from outside: identifiers that it neither declares nor takes from an
 * object. A guess, since it isn't parsed.
 */
export function readsOfScript(source: string): string[] {
  const asked = [...source.matchAll(GET)].flatMap(([, single, double]) => single ?? double ?? []);
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, ' "" ')
    .replaceAll(
      /`(?:[^`\\]|\\.)*`/g,
      (text) => ` ${[...text.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner).join(' ; ')} `,
    );
  const declared = new Set<string>();
  for (const [, names = ''] of code.matchAll(/\b(?:var|let|const)\s+([^=;\n]+)/g)) addNames(names, declared);
  for (const [, name = '', parameters = ''] of code.matchAll(/\bfunction\b\s*([\w$]*)\s*\(([^)]*)\)/g))
    addNames(`${name} ${parameters}`, declared);
  for (const [, parameters = ''] of code.matchAll(/\(?((?:[\w$]+\s*,?\s*)+)\)?\s*=>/g)) addNames(parameters, declared);
  for (const [, name = ''] of code.matchAll(/\bcatch\s*\(([^)]*)\)/g)) addNames(name, declared);
  for (const [, name = ''] of code.matchAll(/(?<![.\w$])([A-Za-z_$][\w$]*)\s*=(?![=>])/g)) declared.add(name);
  const read = [...code.matchAll(/(?<![.\w$])([A-Za-z_$][\w$]*)(?![\w$])(?!\s*:)/g)].map(([, name = '']) => name);
  const free = read.filter((name) => !declared.has(name) && !WORDS.has(name) && !/^[A-Z]/.test(name));
  return [...new Set([...asked, ...free])];
}

function addNames(text: string, to: Set<string>): void {
  for (const [name] of text.matchAll(/[A-Za-z_$][\w$]*/g)) to.add(name);
}

const WORDS = new Set(
  (
    'execution task connector console print S XML undefined null true false this arguments eval parseInt parseFloat isNaN ' +
    'isFinite decodeURIComponent encodeURIComponent decodeURI encodeURI globalThis java await async break case catch class ' +
    'const continue debugger default delete do else enum export extends finally for function get if implements import in ' +
    'instanceof interface let new of package private protected public return set static super switch throw try typeof var void ' +
    'while with yield'
  ).split(' '),
);
