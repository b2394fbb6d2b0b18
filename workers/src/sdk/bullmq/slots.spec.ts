import { expect, test } from 'vitest';
import { Slots } from './slots.js';

test('no more than allowed are inside at once, and who waits comes in by the order of arrival', async () => {
  const slots = new Slots(2);
  const inside: number[] = [];
  const enter = (n: number) => slots.enter().then(() => inside.push(n));
  const entries = [1, 2, 3, 4].map(enter);
  await Promise.all(entries.slice(0, 2));
  expect(inside).toEqual([1, 2]);
  slots.leave();
  await entries[2];
  expect(inside).toEqual([1, 2, 3]);
  slots.leave();
  await entries[3];
  slots.leave();
  slots.leave();
  await enter(5);
  expect(inside).toEqual([1, 2, 3, 4, 5]);
});
