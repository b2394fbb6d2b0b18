import { JsonNode } from '../../runtime/typed-value.js';
import { exactValue } from './convert.js';
import {
  DecisionEntry,
  DecisionRule,
  DecisionRules,
  decisionMethods,
  decisionRuleMethods,
} from './decision-methods.js';
import { Fault } from './fault.js';
import { isPlainObject, toText, typeName } from './java-text.js';
import { JodaDateTime } from './joda-date-time.js';
import { jodaMethods } from './joda-methods.js';
import { jsonChild, jsonMethods } from './json-methods.js';
import { JsonPathQuery, jsonPathMethods } from './json-path.js';
import { callMethod, getterOf, type Method, type Methods } from './method.js';
import { isNumeric, toIndex } from './numbers.js';
import {
  ExecutionFacade,
  executionMethods,
  TaskFacade,
  TypedBox,
  taskMethods,
  typedBoxMethods,
} from './scope-facade.js';
import { stringMethods } from './string-methods.js';
import { booleanMethods, dateMethods, listMethods, mapMethods, numberMethods, ownValue } from './value-methods.js';

/** `base.name` and `base[name]`. A property of null is null; so is what a list or map doesn't have. @throws Fault */
export function readProperty(base: unknown, name: unknown): unknown {
  if (base === null || base === undefined || name === null || name === undefined) return null;
  if (Array.isArray(base)) return base[toIndex(name)] ?? null;
  if (base instanceof JsonNode) return jsonChild(base, name);
  if (base instanceof DecisionRules && typeof name !== 'string') return base.at(toIndex(name));
  const key = toText(name);
  if (base instanceof DecisionRule && Object.hasOwn(base.outputs, key)) return base.get(key);
  if (isPlainObject(base)) return ownValue(base, key) ?? null;
  const getter = getterOf(methodsOf(base), key);
  if (!getter) throw new Fault(`${typeName(base)} has no property '${key}'`);
  return opened(callMethod(getter, key, base, []));
}

/** What a method gives as a value to calculate with; on its own it keeps its type. */
export function opened(value: unknown): unknown {
  return value instanceof DecisionEntry ? exactValue(value.typed) : value;
}

/** `base.name(args)`. @throws Fault when the base is null or has no such method */
export function invokeMethod(base: unknown, name: unknown, args: readonly unknown[], baseText: string): unknown {
  if (base === null || base === undefined) throw new Fault(`Target unreachable: '${baseText}' is null`);
  const key = toText(name);
  const method = methodsOf(base).get(key) ?? inherited(base, key);
  if (method) return callMethod(method, key, base, args);
  // The getters of a Java object that is kept as JSON: `order.getCustomer()`.
  const property = /^(?:get|is)([A-Z].*)$/.exec(key)?.[1];
  if (property && args.length === 0 && isPlainObject(base)) {
    const value = ownValue(base, property.charAt(0).toLowerCase() + property.slice(1));
    if (value !== undefined) return value;
  }
  throw new Fault(`${typeName(base)} has no method '${key}'`);
}

/** Whether what the method gives is a Long, even when it is small. */
export function returnsLong(base: unknown, name: unknown): boolean {
  return base !== null && base !== undefined && methodsOf(base).get(toText(name))?.long === true;
}

/** JSON arrays and objects can also be asked as lists and maps are. */
function inherited(base: unknown, key: string): Method<unknown> | undefined {
  if (!(base instanceof JsonNode)) return undefined;
  const table = Array.isArray(base.value) ? listMethods : isPlainObject(base.value) ? mapMethods : undefined;
  const method = (table as Methods<unknown> | undefined)?.get(key);
  return method && { ...method, call: (self, args) => method.call((self as JsonNode).value, args) };
}

function methodsOf(base: unknown): Methods<unknown> {
  return table(base) as Methods<unknown>;
}

function table(base: unknown): unknown {
  if (typeof base === 'string') return stringMethods;
  if (isNumeric(base)) return numberMethods;
  if (typeof base === 'boolean') return booleanMethods;
  if (Array.isArray(base)) return listMethods;
  if (base instanceof JsonNode) return jsonMethods;
  if (base instanceof JsonPathQuery) return jsonPathMethods;
  if (base instanceof Date) return dateMethods;
  if (base instanceof JodaDateTime) return jodaMethods;
  if (base instanceof ExecutionFacade) return executionMethods;
  if (base instanceof TaskFacade) return taskMethods;
  if (base instanceof TypedBox) return typedBoxMethods;
  if (base instanceof DecisionRules) return decisionMethods;
  if (base instanceof DecisionRule) return decisionRuleMethods;
  if (isPlainObject(base)) return mapMethods;
  throw new Fault(`${typeName(base)} has no methods`);
}
