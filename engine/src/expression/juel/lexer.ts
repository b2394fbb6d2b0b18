import { ExpressionSyntaxError } from '../../errors.js';

export interface Token {
  readonly kind: 'integer' | 'decimal' | 'string' | 'name' | 'symbol' | 'end';
  /** The characters; of a string its value. Operators that are words come as their symbols: `and` is `&&`. */
  readonly text: string;
  readonly offset: number;
}

const WORDS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
  div: '/',
  mod: '%',
  empty: 'empty',
  instanceof: 'instanceof',
};

const SPACE = /\s+/y;
const NUMBER = /\d+(?:(\.\d*)(?:[eE][+-]?\d+)?|([eE][+-]?\d+))?|(\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const SYMBOL = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]]/y;

/**
 * The tokens of the expression that begins at `start`, behind its opening brace, up to its closing one.
 * @returns the tokens, the last one of kind `end` at the closing brace
 * @throws ExpressionSyntaxError
 */
export function tokenize(source: string, start: number): Token[] {
  const tokens: Token[] = [];
  let position = start;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = position;
    return pattern.exec(source);
  };
  for (;;) {
    position += take(SPACE)?.[0].length ?? 0;
    const offset = position;
    const char = source[position];
    if (char === undefined) throw new ExpressionSyntaxError(source, "its '}' is missing", position);
    if (char === '}') {
      tokens.push({ kind: 'end', text: '}', offset });
      return tokens;
    }
    if (char === '"' || char === "'") {
      const { value, end } = readString(source, position);
      tokens.push({ kind: 'string', text: value, offset });
      position = end;
      continue;
    }
    const number = take(NUMBER);
    if (number) {
      const decimal = number[1] !== undefined || number[2] !== undefined || number[3] !== undefined;
      tokens.push({ kind: decimal ? 'decimal' : 'integer', text: number[0], offset });
      position += number[0].length;
      continue;
    }
    const name = take(NAME)?.[0];
    if (name !== undefined) {
      // Behind a dot a word is a name, so that `a.empty` and `list.contains` can be written.
      const word = tokens.at(-1)?.text === '.' ? undefined : Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
      tokens.push({ kind: word === undefined ? 'name' : 'symbol', text: word ?? name, offset });
      position += name.length;
      continue;
    }
    const symbol = take(SYMBOL)?.[0];
    if (symbol === undefined) throw new ExpressionSyntaxError(source, `'${char}' can't be read`, position);
    tokens.push({ kind: 'symbol', text: symbol, offset });
    position += symbol.length;
  }
}

function readString(source: string, start: number): { value: string; end: number } {
  const quote = source[start];
  let value = '';
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i]!;
    if (char === quote) return { value, end: i + 1 };
    if (char !== '\\') {
      value += char;
      continue;
    }
    const escaped = source[++i];
    if (escaped !== '\\' && escaped !== '"' && escaped !== "'") {
      throw new ExpressionSyntaxError(
        source,
        'a backslash in a string stands only before a backslash or a quote',
        i - 1,
      );
    }
    value += escaped;
  }
  throw new ExpressionSyntaxError(source, 'a string has no end', start);
}
