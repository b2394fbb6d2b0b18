import { JsonNode } from '../../runtime/typed-value.js';
import { Fault } from './fault.js';
import { isPlainObject, toText, typeName } from './java-text.js';
import { queryJsonPath } from './json-path.js';
import { type Methods, methods } from './method.js';
import { toIndex } from './numbers.js';
import { WholeDouble } from './whole-double.js';

/** The methods of JSON values, as Spin's `SpinJsonNode` has them. What changes a value gives a changed one: the variable itself stays. */
export const jsonMethods: Methods<JsonNode> = methods<JsonNode>(
  {
    append: [1, 1, (self, [value]) => new JsonNode([...asList(self), plainOf(value)])],
    boolValue: [0, 0, (self) => requireType(self, 'boolean')],
    deleteProp: [1, 1, (self, [name]) => withoutProp(self, toText(name))],
    elements: [0, 0, elements],
    equals: [
      1,
      1,
      (self, [other]) => other instanceof JsonNode && JSON.stringify(self.value) === JSON.stringify(other.value),
    ],
    fieldNames: [0, 0, fieldNames],
    getDataFormatName: [0, 0, () => 'application/json'],
    hasProp: [1, 1, (self, [name]) => isPlainObject(self.value) && Object.hasOwn(self.value, toText(name))],
    indexOf: [1, 1, (self, [value]) => asList(self).findIndex((entry) => JSON.stringify(entry) === jsonText(value))],
    isArray: [0, 0, (self) => Array.isArray(self.value)],
    isBoolean: [0, 0, (self) => typeof self.value === 'boolean'],
    isNull: [0, 0, (self) => self.value === null],
    isNumber: [0, 0, (self) => typeof self.value === 'number'],
    isObject: [0, 0, (self) => isPlainObject(self.value)],
    isString: [0, 0, (self) => typeof self.value === 'string'],
    isValue: [0, 0, (self) => typeof self.value !== 'object' || self.value === null],
    jsonPath: [1, 1, (self, [path]) => queryJsonPath(self, toText(path))],
    numberValue: [0, 0, (self) => requireType(self, 'number')],
    prop: [1, 2, (self, args) => (args.length === 2 ? withProp(self, args) : property(self, args))],
    remove: [1, 1, (self, [value]) => withoutElement(self, jsonText(value))],
    stringValue: [0, 0, (self) => requireType(self, 'string')],
    unwrap: [0, 0, (self) => self.value],
    value: [0, 0, plainValue],
  },
  { text: (self) => JSON.stringify(self.value) },
);

/** `S(x)` and `JSON(x)`: a JSON value from its text, or from a list, map or plain value. @throws Fault */
export function parseJsonNode(value: unknown): JsonNode {
  if (value instanceof JsonNode) return value;
  if (typeof value !== 'string') return new JsonNode(value ?? null);
  try {
    return new JsonNode(JSON.parse(value));
  } catch {
    const excerpt = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    throw new Fault(`'${excerpt}' is not JSON`);
  }
}

/** A part of a JSON value, by name or by position; plain values come as themselves. */
export function jsonChild({ value }: JsonNode, key: unknown): unknown {
  let child: unknown;
  if (Array.isArray(value)) child = value[toIndex(key)];
  else if (isPlainObject(value) && Object.hasOwn(value, toText(key))) child = value[toText(key)];
  if (child === undefined) return null;
  return typeof child === 'object' && child !== null ? new JsonNode(child) : child;
}

function property(self: JsonNode, [name]: readonly unknown[]): JsonNode {
  const key = toText(name);
  if (!isPlainObject(self.value)) throw new Fault(`${typeName(self.value)} has no property '${key}'`);
  if (!Object.hasOwn(self.value, key)) throw new Fault(`The JSON object has no property '${key}'`);
  return new JsonNode(self.value[key]);
}

function withProp(self: JsonNode, [name, value]: readonly unknown[]): JsonNode {
  return new JsonNode({ ...asMap(self), [toText(name)]: plainOf(value) });
}

function withoutProp(self: JsonNode, name: string): JsonNode {
  const { [name]: _, ...rest } = asMap(self);
  return new JsonNode(rest);
}

function withoutElement(self: JsonNode, text: string): JsonNode {
  const list = asList(self);
  const at = list.findIndex((entry) => JSON.stringify(entry) === text);
  if (at < 0) throw new Fault('The JSON array has no such element');
  return new JsonNode(list.toSpliced(at, 1));
}

/** A value as it stands inside of JSON. */
function plainOf(value: unknown): unknown {
  if (value instanceof JsonNode || value instanceof WholeDouble) return value.value;
  return typeof value === 'bigint' ? Number(value) : value;
}

function elements(self: JsonNode): JsonNode[] {
  return asList(self).map((entry) => new JsonNode(entry));
}

function asList(self: JsonNode): readonly unknown[] {
  if (Array.isArray(self.value)) return self.value;
  throw new Fault(`The JSON value is not an array, but ${typeName(self.value)}`);
}

function fieldNames(self: JsonNode): string[] {
  return Object.keys(asMap(self));
}

function asMap(self: JsonNode): Readonly<Record<string, unknown>> {
  if (isPlainObject(self.value)) return self.value;
  throw new Fault(`The JSON value is not an object, but ${typeName(self.value)}`);
}

function requireType(self: JsonNode, type: 'string' | 'number' | 'boolean'): unknown {
  if (typeof self.value === type) return self.value;
  throw new Fault(`The JSON value is not a ${type}, but ${typeName(self.value)}`);
}

function plainValue(self: JsonNode): unknown {
  if (typeof self.value !== 'object' || self.value === null) return self.value;
  throw new Fault(`The JSON value is not a plain value, but ${typeName(self.value)}`);
}

function jsonText(value: unknown): string {
  return JSON.stringify(value instanceof JsonNode ? value.value : value);
}
