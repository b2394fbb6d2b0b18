import { expect, test } from 'vitest';
import { formatDuration, wordsOf } from './format.js';

test.each([
  [0, '0 ms'],
  [820, '820 ms'],
  [12_400, '12 s'],
  [185_000, '3 min 5 s'],
  [7_200_000, '2 h'],
  [7_205_000, '2 h'],
  [90_061_000, '1 d 1 h'],
])('%i ms reads %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test('element types read as words', () => {
  expect(wordsOf('intermediateMessageCatch')).toBe('intermediate message catch');
});
