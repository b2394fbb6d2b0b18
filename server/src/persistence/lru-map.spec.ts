import { expect, test } from 'vitest';
import { LruMap } from './lru-map.js';

const known = (map: LruMap<number, string>, upTo: number) =>
  Array.from({ length: upTo }, (_, key) => key).filter((key) => map.get(key) !== undefined);

test('the keys that were set last are there, and never more than the capacity', () => {
  const map = new LruMap<number, string>(10);
  for (let key = 0; key < 1_000; key++) map.set(key, `value ${key}`);
  for (let key = 995; key < 1_000; key++) expect(map.get(key)).toBe(`value ${key}`);
  expect(known(map, 1_000).length).toBeLessThanOrEqual(10);
});

test('what is asked for again and again stays', () => {
  const map = new LruMap<number, string>(10);
  map.set(-1, 'asked for');
  for (let key = 0; key < 1_000; key++) {
    map.set(key, 'passing');
    expect(map.get(-1)).toBe('asked for');
  }
});

test('the last value of a key counts, whichever generation it was in, and what is deleted is gone', () => {
  const map = new LruMap<number, string>(4);
  map.set(1, 'first');
  map.set(2, 'second');
  map.set(1, 'new');
  expect(map.get(1)).toBe('new');
  map.delete(1);
  map.delete(2);
  expect(known(map, 5)).toEqual([]);
  map.set(3, 'third');
  map.clear();
  expect(map.get(3)).toBeUndefined();
});
