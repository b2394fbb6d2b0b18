import { Fault } from './fault.js';

/** A method that expressions can call on a value. */
export interface Method<T> {
  readonly min: number;
  readonly max: number;
  /** Of a method whose whole-number result is a Long however small it is. */
  readonly long?: boolean | undefined;
  readonly call: (self: T, args: readonly unknown[]) => unknown;
}

export type Methods<T> = ReadonlyMap<string, Method<T>>;

type Definition<T> = readonly [min: number, max: number, call: Method<T>['call']];

interface Options<T> {
  /** The methods whose whole-number results are Long. */
  readonly long?: readonly string[];
  /** What `toString()` gives. */
  readonly text?: (self: T, pattern?: unknown) => string;
}

export function methods<T>(
  definitions: Readonly<Record<string, Definition<T>>>,
  { long, text }: Options<T> = {},
): Methods<T> {
  const table = new Map<string, Method<T>>();
  for (const [name, [min, max, call]] of Object.entries(definitions)) {
    table.set(name, { min, max, call, long: long?.includes(name) });
  }
  // Not among the definitions, because every object literal has a `toString` of another type.
  if (text) table.set('toString', { min: 0, max: text.length - 1, call: (self, [pattern]) => text(self, pattern) });
  return table;
}

/** @throws Fault when the number of arguments doesn't fit */
export function callMethod<T>(method: Method<T>, name: string, self: T, args: readonly unknown[]): unknown {
  if (args.length < method.min || args.length > method.max) {
    const expected = method.min === method.max ? `${method.min}` : `${method.min} to ${method.max}`;
    throw new Fault(`Method '${name}' takes ${expected} arguments, but is called with ${args.length}`);
  }
  return method.call(self, args);
}

/** The getter behind a property: `time` is read by `getTime` or `isTime`. */
export function getterOf<T>(table: Methods<T>, property: string): Method<T> | undefined {
  const suffix = property.charAt(0).toUpperCase() + property.slice(1);
  const getter = table.get(`get${suffix}`) ?? table.get(`is${suffix}`);
  return getter?.min === 0 ? getter : undefined;
}
