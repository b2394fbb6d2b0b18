import type { Static, TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler, type ValueError } from '@sinclair/typebox/compiler';
import { convert } from './convert.js';
import { invalidRequest } from './rest-error.js';

/** @throws RestError (400) that names the member which is wrong */
export type Validate<T> = (value: unknown) => T;

/**
 * A compiled check of a schema. Values that only have the wrong JSON type but can be read as the right one
 * (`"5"` for a number, `7` for a text) are converted, as Camunda's JSON reader does; members it doesn't know stay.
 */
export function validator<S extends TSchema>(schema: S, what = 'The request body'): Validate<Static<S>> {
  // With the first request: a server that starts has hundreds of them to compile, and clients that wait for it.
  let check: TypeCheck<S> | null = null;
  return (value) => {
    check ??= TypeCompiler.Compile(schema);
    const compiled = check;
    if (compiled.Check(value)) return value;
    const converted = convert(schema, value);
    if (compiled.Check(converted)) return converted;
    throw invalidRequest(`${what} is invalid: ${explain(compiled.Errors(value).First())}`);
  };
}

function explain(error: ValueError | undefined): string {
  if (!error) return 'it has the wrong form';
  const deepest = error.errors.flatMap((errors) => [...errors]).reduce(deeper, error);
  const place = deepest.path.slice(1).replaceAll('/', '.');
  const given = JSON.stringify(deepest.value) ?? 'nothing';
  const expected = deepest.message.replace(/^Expected /, 'expected ');
  return `${place === '' ? '' : `'${place}' `}${expected}, got ${given.length > 80 ? `${given.slice(0, 77)}…` : given}`;
}

function deeper(a: ValueError, b: ValueError): ValueError {
  return b.path.length > a.path.length || (b.path === a.path && a.message === 'Expected union value') ? b : a;
}
