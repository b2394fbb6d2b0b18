/**
 * What a script finds around itself, as JavaScript that runs inside the sandbox before it: `execution`, `task`, the
 * variables as globals, `S()`, `BpmnError`. It is a function of `host(op, name, args)`, the only way out of the sandbox,
 * which takes and gives text, and of the methods of `execution` and `task`. It runs once; what it returns is asked for each script: `begin` to put the script's own
 * surroundings there (see `ScriptSetup`), `encode` and `failure` to read its result and its errors.
 *
 * Values cross the border as JSON: `{"t": "json", "v": …}` with `t` one of null, value, number (the ones that JSON has
 * not), big, date, json, object, typed. Everything it uses is taken before the script can replace it.
 */
export const PRELUDE = String.raw`(function (host, facadesText) {
'use strict';
const { parse, stringify } = JSON;
const { create, defineProperty, getPrototypeOf, setPrototypeOf, keys, hasOwn, entries } = Object;
const { isArray } = Array;
const { String, Number, BigInt, Boolean, Date, Map, Set, Math, TypeError } = globalThis;
const { isFinite } = Number;
const { imul } = Math;
const codeAt = Function.prototype.call.bind(String.prototype.charCodeAt);
// Written by hand, because an object would look for a toJSON that the script may have put on its prototype.
const tagged = (tag, text) => '{"t":"' + tag + '","v":' + text + '}';
const hidden = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true });
const isNil = (value) => value === null || value === undefined;

class SpinValue { constructor(value) { hidden(this, 'raw', value); } }
const spinObject = create(Object.prototype), spinArray = create(Array.prototype);
const javaMap = create(Object.prototype), javaList = create(Array.prototype);
const rawOf = (node) => node instanceof SpinValue ? node.raw : node;
const isSpin = (value) => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = getPrototypeOf(value);
  return prototype === spinObject || prototype === spinArray || value instanceof SpinValue;
};
const spin = (value) => {
  if (typeof value !== 'object' || value === null) return new SpinValue(isNil(value) ? null : value);
  return isSpin(value) ? value : setPrototypeOf(value, isArray(value) ? spinArray : spinObject);
};
const kind = (node) => isArray(node) ? 'array' : rawOf(node) === null ? 'null' : typeof rawOf(node);
const plain = (node, type) => {
  if (kind(node) !== type) throw new TypeError('The JSON value is not a ' + type + ', but ' + kind(node));
  return rawOf(node);
};
const spinMethods = {
  prop(name, ...value) {
    if (kind(this) !== 'object') throw new TypeError("A JSON " + kind(this) + " has no property '" + name + "'");
    if (value.length > 0) { this[name] = rawOf(value[0]); return this; }
    if (!hasOwn(this, name)) throw new TypeError("The JSON object has no property '" + name + "'");
    return spin(this[name]);
  },
  hasProp(name) { return kind(this) === 'object' && hasOwn(this, name); },
  deleteProp(name) { delete this[name]; return this; },
  fieldNames() { return keys(this); },
  elements() {
    if (!isArray(this)) throw new TypeError('The JSON value is not an array, but ' + kind(this));
    return setPrototypeOf(Array.from(this, spin), javaList);
  },
  append(value) { this[this.length] = rawOf(value); return this; },
  isArray() { return isArray(this); },
  isObject() { return kind(this) === 'object'; },
  isString() { return kind(this) === 'string'; },
  isNumber() { return kind(this) === 'number'; },
  isBoolean() { return kind(this) === 'boolean'; },
  isNull() { return kind(this) === 'null'; },
  isValue() { return this instanceof SpinValue; },
  stringValue() { return plain(this, 'string'); },
  numberValue() { return plain(this, 'number'); },
  boolValue() { return plain(this, 'boolean'); },
  value() {
    if (this instanceof SpinValue) return this.raw;
    throw new TypeError('The JSON value is not a plain value, but ' + kind(this));
  },
  unwrap() { return rawOf(this); },
  toString() { return stringify(rawOf(this)); },
};
const listMethods = {
  get(index) { return this[index]; },
  set(index, value) { this[index] = value; },
  size() { return this.length; },
  isEmpty() { return this.length === 0; },
  contains(value) { return this.includes(value); },
  add(value) { this[this.length] = value; return true; },
};
const mapMethods = {
  get(key) { return hasOwn(this, key) ? this[key] : null; },
  put(key, value) { this[key] = value; return null; },
  remove(key) { delete this[key]; return null; },
  containsKey(key) { return hasOwn(this, key); },
  size() { return keys(this).length; },
  isEmpty() { return keys(this).length === 0; },
  keySet() { return keys(this); },
  values() { return entries(this).map((entry) => entry[1]); },
};
for (const name of keys(spinMethods)) {
  for (const target of [SpinValue.prototype, spinObject, spinArray]) hidden(target, name, spinMethods[name]);
}
for (const name of keys(listMethods)) hidden(javaList, name, listMethods[name]);
for (const name of keys(mapMethods)) hidden(javaMap, name, mapMethods[name]);
hidden(SpinValue.prototype, 'toJSON', function () { return this.raw; });

function java(value) {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of keys(value)) java(value[key]);
  return setPrototypeOf(value, isArray(value) ? javaList : javaMap);
}
function decode(text) {
  const { t, v, type } = parse(text);
  switch (t) {
    case 'number': return Number(v);
    case 'big': return BigInt(v);
    case 'date': return new Date(v);
    case 'json': return spin(v);
    case 'object': return java(v);
    case 'typed': {
      const value = decode(v);
      return { value, type: { name: type }, getValue: () => value, getType: () => ({ getName: () => type }) };
    }
    default: return v;
  }
}
function encode(value) {
  if (isNil(value)) return tagged('null', 'null');
  switch (typeof value) {
    case 'number': return isFinite(value) ? tagged('value', stringify(value)) : tagged('number', stringify(String(value)));
    case 'boolean': case 'string': return tagged('value', stringify(value));
    case 'bigint': return tagged('big', stringify(String(value)));
    case 'object': break;
    default: throw new TypeError('A ' + typeof value + " can't become a variable");
  }
  if (value instanceof Date) return tagged('date', stringify(value.getTime()));
  if (isSpin(value)) return tagged('json', stringify(rawOf(value)));
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return encode(value.valueOf());
  const text = stringify(value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value] : value);
  return tagged('object', text === undefined ? 'null' : text);
}
function encodeAll(values) {
  let text = '';
  for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ',') + stringify(encode(values[i]));
  return '[' + text + ']';
}

class BpmnError extends Error {
  constructor(code, message) {
    super(isNil(message) ? '' : String(message));
    this.name = 'BpmnError';
    hidden(this, 'errorCode', String(code));
    hidden(this, 'errorMessage', isNil(message) ? null : String(message));
  }
  getErrorCode() { return this.errorCode; }
  getMessage() { return this.errorMessage; }
}
function facade(target, names) {
  const object = create(Object.prototype);
  for (const name of names) {
    hidden(object, name, (...args) => decode(host('call', target + '.' + name, encodeAll(args))));
    const getter = /^get(.)(.*)$/.exec(name);
    if (getter) {
      defineProperty(object, getter[1].toLowerCase() + getter[2], { get: object[name], configurable: true, enumerable: true });
    }
  }
  return object;
}

const facades = parse(facadesText);
const execution = facade('execution', facades.execution);
const task = facade('task', facades.task);
const decisionResult = facade('decisionResult', facades.decisionResult);
hidden(task, 'getExecution', () => execution);
defineProperty(task, 'execution', { get: () => execution, configurable: true });
const delegate = { BpmnError };
const vendor = { bpm: { engine: { delegate } } };
const globals = {
  execution,
  BpmnError,
  S: (value) => spin(typeof value === 'string' ? parse(value) : rawOf(value)),
  org: { camunda: vendor, operaton: vendor },
  Packages: { org: { camunda: vendor, operaton: vendor } },
  Java: {
    type(name) {
      if (/^org\.(camunda|operaton)\.bpm\.engine\.delegate\.BpmnError$/.test(name)) return BpmnError;
      throw new TypeError("The Java class '" + name + "' is not there: scripts run without Java");
    },
  },
  print() {},
  console: { log() {}, info() {}, warn() {}, error() {}, debug() {} },
};
for (const name of keys(globals)) hidden(globalThis, name, globals[name]);

// Every script begins from the same memory, so that QuickJS's own random numbers would be the same for all of them.
// The generator is sfc32 (Chris Doty-Humphrey, public domain).
const now = Date.now;
function randomFrom({ place, turn }) {
  let a = now() | 0, b = 0, c = turn | 0, counter = 1;
  for (let i = 0; i < place.length; i++) b = (imul(b, 31) + codeAt(place, i)) | 0;
  const next = () => {
    const t = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return function random() { return (next() * 2097152 + (next() >>> 11)) / 9007199254740992; };
}

function begin(setupText) {
  const setup = parse(setupText);
  hidden(Math, 'random', randomFrom(setup));
  if (setup.hasTask) hidden(globalThis, 'task', task);
  if (setup.hasDecisionResult) hidden(globalThis, 'decisionResult', decisionResult);
  for (const name of setup.variables) {
    if (name in globalThis) continue;
    defineProperty(globalThis, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = decode(host('variable', name, ''));
        defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
        return value;
      },
      set(value) { defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true }); },
    });
  }
}

function failure(error) {
  if (error instanceof BpmnError) {
    return '{"bpmn":true,"code":' + stringify(String(error.errorCode)) + ',"message":' + (isNil(error.errorMessage) ? 'null' : stringify(String(error.errorMessage))) + '}';
  }
  if (typeof error !== 'object' || error === null) return '{"message":' + stringify(String(error)) + '}';
  const place = /script:(\d+)/.exec(String(error.stack));
  const name = String(error.name), message = String(error.message);
  return '{"message":' + stringify(name + ': ' + message) + ',"text":' + stringify(message) + (place ? ',"line":' + stringify(Number(place[1])) : '') + '}';
}
return { begin, encode, failure };
})`;
