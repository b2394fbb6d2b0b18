import { InvalidCommandError } from '@millrace/engine';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeArray } from '../src/persistence/commit/encode-array.js';
import { openTestCore, type TestCore } from './support/test-core.js';

let host: TestCore;
beforeAll(async () => {
  host = await openTestCore();
});
afterAll(() => host.close());

let statements = 0;

/** What PostgreSQL has understood, element by element. */
async function understood(type: string, values: readonly unknown[]): Promise<unknown[]> {
  const rows = await host.core.database.prepared<{ value: unknown }>({
    name: `understood_${++statements}`,
    text: `SELECT value FROM unnest($1::${type}[]) WITH ORDINALITY AS v(value, position) ORDER BY position`,
    values: [encodeArray(type, values)],
  });
  return rows.map(({ value }) => value);
}

test.each([
  [
    'text',
    ['', 'loan', '"quoted", \\ and {braced}', 'NULL', null, 'größer 日本 🏦', 'x'.repeat(200_000), 'é'.repeat(64)],
  ],
  ['integer', [0, -1, 2_147_483_647, -2_147_483_648, null]],
  ['double precision', [0, -0.5, 1e300, null, 50]],
  ['boolean', [true, null, false]],
  [
    'timestamptz',
    ['2026-11-26T03:04:05.678Z', '1969-12-31T23:59:59.999Z', '1600-02-29T00:00:00Z'].map((at) => new Date(at)),
  ],
  ['jsonb', [{ a: ['"', '\\', null], ü: { b: 1.5 } }, [], 'text', null]],
])('%s comes back as it was sent', async (type, values) => {
  expect(await understood(type, values)).toEqual(values);
  expect(await understood(type, [])).toEqual([]);
});

test('so does any text and any JSON', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((value) => !value.includes('\u0000'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
      expect(await understood('text', values)).toEqual(values);
      const objects = values.map((value) => value && { value });
      expect(await understood('jsonb', objects)).toEqual(objects);
    }),
    { numRuns: 30 },
  );
});

test('what the type cannot hold is refused by name', () => {
  expect(() => encodeArray('integer', [2 ** 31])).toThrow(InvalidCommandError);
  expect(() => encodeArray('integer', [1.5])).toThrow('1.5');
  expect(() => encodeArray('timestamptz', ['soon'])).toThrow("'soon'");
});
