import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.js';

test('a cache keeps what is used and forgets what was not used for longest', () => {
  const cache = new BoundedCache<number>(2);
  let made = 0;
  const get = (key: string) => cache.get(key, () => ++made);
  expect([get('a'), get('b'), get('a')]).toEqual([1, 2, 1]);
  expect(get('c')).toBe(3); // b goes
  expect([get('a'), get('b')]).toEqual([1, 4]);
  expect(cache.size).toBe(2);
});

test('a cache does not keep failures', () => {
  const cache = new BoundedCache<number>(2);
  const fail = () => {
    throw new Error('broken');
  };
  expect(() => cache.get('a', fail)).toThrow('broken');
  expect(cache.get('a', () => 1)).toBe(1);
});
