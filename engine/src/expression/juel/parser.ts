import { ExpressionSyntaxError } from '../../errors.js';
import type { BinaryOperator, Node, Template } from './ast.js';
import { type Token, tokenize } from './lexer.js';

/** Nesting beyond this is no expression that a person wrote, and would overflow the stack. */
const MAX_DEPTH = 200;
const MAX_TOKENS = 5_000;

/** Operators from the weakest to the strongest; all of them bind to the left. Source: EL 2.1 §1.13. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/**
 * Parses text with `${…}` and `#{…}` in it. `\${` stands for the characters themselves.
 * @throws ExpressionSyntaxError
 */
export function parseTemplate(source: string): Template {
  const parts: (string | Node)[] = [];
  let text = '';
  let opening: string | undefined;
  let i = 0;
  while (i < source.length) {
    const char = source[i]!;
    if (char === '\\' && /^\\*[$#]\{/.test(source.slice(i))) {
      // Of the backslashes before an opening brace every second one stands for itself.
      let count = 0;
      while (source[i + count] === '\\') count++;
      text += '\\'.repeat(Math.floor(count / 2));
      i += count;
      if (count % 2 === 1) {
        text += source.slice(i, i + 2);
        i += 2;
      }
      continue;
    }
    if ((char !== '$' && char !== '#') || source[i + 1] !== '{') {
      text += char;
      i++;
      continue;
    }
    if (opening !== undefined && opening !== char) {
      throw new ExpressionSyntaxError(source, `'${opening}{' and '${char}{' can't stand in one text`, i);
    }
    opening = char;
    if (text !== '') parts.push(text);
    text = '';
    const tokens = tokenize(source, i + 2);
    parts.push(new Parser(source, tokens).parse());
    i = tokens.at(-1)!.offset + 1;
  }
  if (text !== '') parts.push(text);
  return parts;
}

class Parser {
  private position = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
  ) {
    if (tokens.length > MAX_TOKENS) this.fail(`it has more than ${MAX_TOKENS} parts`);
  }

  parse(): Node {
    const node = this.choice();
    if (this.current.kind !== 'end') this.fail(`${this.describe()} is not expected here`);
    return node;
  }

  private choice(): Node {
    if (++this.depth > MAX_DEPTH) this.fail(`it is nested more than ${MAX_DEPTH} levels deep`);
    const condition = this.binary(0);
    let node = condition;
    if (this.accept('?')) {
      const yes = this.choice();
      this.expect(':');
      node = { kind: 'choice', condition, yes, no: this.choice() };
    }
    this.depth--;
    return node;
  }

  private binary(level: number): Node {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.accept(candidate));
      if (!operator) return left;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  private unary(): Node {
    for (const operator of ['-', '!', 'empty'] as const) {
      if (!this.accept(operator)) continue;
      if (++this.depth > MAX_DEPTH) this.fail(`it is nested more than ${MAX_DEPTH} levels deep`);
      const node: Node = { kind: 'unary', operator, operand: this.unary() };
      this.depth--;
      return node;
    }
    return this.value();
  }

  private value(): Node {
    let node = this.primary();
    for (;;) {
      let name: Node;
      if (this.accept('.')) {
        if (this.current.kind !== 'name') this.fail(`a name was expected, but ${this.describe()} follows the dot`);
        name = { kind: 'literal', value: this.next().text };
      } else if (this.accept('[')) {
        name = this.choice();
        this.expect(']');
      } else {
        return node;
      }
      node = this.accept('(')
        ? { kind: 'method', base: node, name, args: this.args() }
        : { kind: 'property', base: node, name };
    }
  }

  private primary(): Node {
    const token = this.next();
    switch (token.kind) {
      case 'integer': {
        const value = BigInt(token.text);
        if (value > 9223372036854775807n) this.fail(`${token.text} is too big for a whole number`, token);
        return { kind: 'literal', value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
      }
      case 'decimal':
        return { kind: 'literal', value: { double: Number(token.text) } };
      case 'string':
        return { kind: 'literal', value: token.text };
      case 'name':
        return this.named(token);
      default:
        break;
    }
    if (token.text === '(' && token.kind === 'symbol') {
      const node = this.choice();
      this.expect(')');
      return node;
    }
    this.position--;
    if (token.text === 'instanceof') this.fail("'instanceof' is not supported");
    this.fail(token.kind === 'end' ? 'a value is missing' : `a value was expected, but found ${this.describe()}`);
  }

  private named(token: Token): Node {
    const { text: first, offset } = token;
    if (first === 'true' || first === 'false') return { kind: 'literal', value: first === 'true' };
    if (first === 'null') return { kind: 'literal', value: null };
    let name = first;
    // `prefix:name(…)` is a function; otherwise the colon belongs to a choice, as in `a ? b : c`.
    const [colon, second, paren] = this.tokens.slice(this.position, this.position + 3);
    if (colon?.text === ':' && second?.kind === 'name' && paren?.text === '(' && colon.offset + 1 === second.offset) {
      if (colon.offset === offset + first.length) {
        name = `${first}:${second.text}`;
        this.position += 2;
      }
    }
    if (this.accept('(')) return { kind: 'function', name, args: this.args(), offset };
    return { kind: 'identifier', name, offset };
  }

  private args(): Node[] {
    const args: Node[] = [];
    if (this.accept(')')) return args;
    do args.push(this.choice());
    while (this.accept(','));
    this.expect(')');
    return args;
  }

  private get current(): Token {
    return this.tokens[this.position]!;
  }

  private next(): Token {
    return this.tokens[this.position++]!;
  }

  private accept(symbol: string): boolean {
    const { kind, text } = this.current;
    if (kind !== 'symbol' || text !== symbol) return false;
    this.position++;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.accept(symbol)) this.fail(`'${symbol}' was expected, but found ${this.describe()}`);
  }

  private describe(): string {
    return this.current.kind === 'end' ? 'the end' : `'${this.current.text}'`;
  }

  private fail(reason: string, token: Token = this.current): never {
    throw new ExpressionSyntaxError(this.source, reason, token.offset);
  }
}
