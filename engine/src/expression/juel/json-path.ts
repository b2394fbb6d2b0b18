import { JsonNode } from '../../runtime/typed-value.js';
import { Fault } from './fault.js';
import { isPlainObject } from './java-text.js';
import { type Methods, methods } from './method.js';

/** What a JSON path found, as Spin's `SpinJsonPathQuery`. */
export class JsonPathQuery {
  constructor(
    readonly path: string,
    readonly found: readonly unknown[],
    /** Whether the path can only mean one place. */
    readonly isDefinite: boolean,
  ) {}

  /** @throws Fault when nothing is there */
  element(): JsonNode {
    if (!this.isDefinite) return new JsonNode(this.found);
    if (this.found.length === 0) throw new Fault(`The JSON value has nothing at '${this.path}'`);
    return new JsonNode(this.found[0]);
  }
}

export const jsonPathMethods: Methods<JsonPathQuery> = methods<JsonPathQuery>({
  boolValue: [0, 0, (self) => plainAt(self, 'boolean')],
  element: [0, 0, (self) => self.element()],
  elementList: [0, 0, elementList],
  numberValue: [0, 0, (self) => plainAt(self, 'number')],
  stringValue: [0, 0, (self) => plainAt(self, 'string')],
});

/**
 * Reads `$`, then names (`.a`, `['a']`), positions (`[0]`, `[-1]`), all of them (`.*`, `[*]`), names at any depth
 * (`..a`) and filters that compare with a plain value or ask for a name (`[?(@.a == 'x')]`, `[?(@.a)]`).
 * @throws Fault naming the part of the path that can't be read
 */
export function queryJsonPath({ value }: JsonNode, path: string): JsonPathQuery {
  if (!path.startsWith('$')) throw new Fault(`A JSON path begins with '$', but '${path}' doesn't`);
  let found: readonly unknown[] = [value];
  let isDefinite = true;
  for (let rest = path.slice(1); rest !== ''; ) {
    const step = STEPS.map(([pattern, take, one]) => ({ match: pattern.exec(rest), take, one })).find(
      ({ match }) => match,
    );
    if (!step?.match) throw new Fault(`The JSON path '${path}' can't be read from '${rest}' on`);
    const { match, take } = step;
    found = found.flatMap((node) => take(node, match));
    isDefinite &&= step.one;
    rest = rest.slice(match[0].length);
  }
  return new JsonPathQuery(path, found, isDefinite);
}

type Take = (node: unknown, match: RegExpExecArray) => readonly unknown[];

/** How a step begins, what it takes of a value, and whether that is one value at most. */
const STEPS: readonly (readonly [RegExp, Take, boolean])[] = [
  [/^\.\.([\w$-]+)/, (node, [, name]) => anywhere(node, name as string), false],
  [/^\.\*|^\[\*\]/, children, false],
  [/^\.([\w$-]+)/, (node, [, name]) => named(node, name as string), true],
  [/^\['([^']*)'\]|^\["([^"]*)"\]/, (node, [, single, double]) => named(node, (single ?? double) as string), true],
  [/^\[(-?\d+)\]/, (node, [, index]) => at(node, Number(index)), true],
  [/^\[\?\(\s*@((?:\.[\w$-]+)*)\s*(?:(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|[\w.+-]+)\s*)?\)\]/, filtered, false],
];

function children(node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node;
  return isPlainObject(node) ? Object.values(node) : [];
}

function named(node: unknown, name: string): readonly unknown[] {
  return isPlainObject(node) && Object.hasOwn(node, name) ? [node[name]] : [];
}

function at(node: unknown, index: number): readonly unknown[] {
  return Array.isArray(node) ? node.slice(index, index === -1 ? undefined : index + 1) : [];
}

function anywhere(node: unknown, name: string): readonly unknown[] {
  return [...named(node, name), ...children(node).flatMap((child) => anywhere(child, name))];
}

function filtered(node: unknown, [, path = '', operator, literal = '']: RegExpExecArray): readonly unknown[] {
  const names = path.split('.').slice(1);
  const right = operator === undefined ? null : plainValue(literal);
  return children(node).filter((child) => {
    const values = names.reduce<readonly unknown[]>((held, name) => held.flatMap((one) => named(one, name)), [child]);
    return values.length > 0 && (operator === undefined || compare(values[0], operator, right));
  });
}

function plainValue(literal: string): unknown {
  if (/^['"]/.test(literal)) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as unknown;
  } catch {
    throw new Fault(`A filter of a JSON path compares with a plain value, but '${literal}' is none`);
  }
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const areNumbers = typeof left === 'number' && typeof right === 'number';
  const areTexts = typeof left === 'string' && typeof right === 'string';
  if (!areNumbers && !areTexts) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function elementList(self: JsonPathQuery): readonly JsonNode[] {
  const { value } = self.element();
  if (!Array.isArray(value)) throw new Fault(`What the JSON path '${self.path}' finds is not an array`);
  return value.map((entry) => new JsonNode(entry));
}

function plainAt(self: JsonPathQuery, type: 'string' | 'number' | 'boolean'): unknown {
  const { value } = self.element();
  if (typeof value === type) return value;
  throw new Fault(`What the JSON path '${self.path}' finds is not a ${type}`);
}
