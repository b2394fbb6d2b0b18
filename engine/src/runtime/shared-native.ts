import { type TypedValue, toNative } from './typed-value.js';

const known = new WeakMap<TypedValue, unknown>();

/**
 * As `toNative`, but JSON is read once per value and not once per look: a loop over a list of 10,000 items looks at it
 * 10,000 times. Only for readers: nobody may change what it gives. @throws SyntaxError as `toNative`
 */
export function sharedNative(typed: TypedValue): unknown {
  if (typed.type !== 'Json' && typed.type !== 'Object') return toNative(typed);
  const before = known.get(typed);
  if (before !== undefined) return before;
  const native = toNative(typed);
  known.set(typed, native);
  return native;
}
