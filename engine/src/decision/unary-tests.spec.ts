import fc from 'fast-check';
import { unaryTest } from 'feelin';
import { describe, expect, test } from 'vitest';
import { ExpressionSyntaxError } from '../errors.js';
import { DecisionScope } from './scope.js';
import { compileUnaryTests } from './unary-tests.js';

const scope = new DecisionScope({ get: () => undefined, names: () => [] }, new Date(0));

function fits(source: string, value: unknown): boolean {
  const compiled = compileUnaryTests(source);
  return compiled === null || compiled(value, scope, { cellInput: value });
}

const reference = (source: string, value: unknown) => unaryTest(source, { '?': value }).value === true;

const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -18, max: 18 }).map((n) => n / 2),
);
const word = fc.constantFrom('a', 'b', 'c,d', 'not', '', 'ä', '..', '< 5');
const operator = fc.constantFrom('<', '<=', '>', '>=', '< ', '>  ');

const numberAtom = fc.oneof(
  number.map(String),
  fc.tuple(operator, number).map(([sign, bound]) => `${sign}${bound}`),
  fc
    .tuple(fc.constantFrom('[', '(', ']'), number, number, fc.constantFrom(']', ')', '['), fc.boolean())
    .map(([open, a, b, close, spaced]) => `${open}${Math.min(a, b)}${spaced ? ' .. ' : '..'}${Math.max(a, b)}${close}`),
);
const textAtom = fc.oneof(
  word.map((text) => `"${text}"`),
  fc.tuple(operator, word).map(([sign, text]) => `${sign}"${text}"`),
);
const cell = (atom: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(atom, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ', '), fc.boolean())
    .map(([atoms, comma, negated]) => (negated ? `not(${atoms.join(comma)})` : atoms.join(comma)));

describe('the tests of a cell say what feelin says', () => {
  test('about numbers', () => {
    fc.assert(
      fc.property(cell(numberAtom), fc.oneof(number, fc.constant(null)), (source, value) => {
        expect([source, value, fits(source, value)]).toEqual([source, value, reference(source, value)]);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  test('about texts', () => {
    fc.assert(
      fc.property(cell(textAtom), fc.oneof(word, fc.constant(null)), (source, value) => {
        expect([source, value, fits(source, value)]).toEqual([source, value, reference(source, value)]);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  test('about truth', () => {
    fc.assert(
      fc.property(cell(fc.constantFrom('true', 'false')), fc.boolean(), (source, value) => {
        expect([source, value, fits(source, value)]).toEqual([source, value, reference(source, value)]);
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  test('about what only its interpreter understands', () => {
    const general = fc.oneof(
      numberAtom,
      number.map((n) => `> ${n} + 1`),
      number.map((n) => `[${n}..${n} + 3]`),
      number.map((n) => `? > ${n}`),
      fc.tuple(number, number).map(([a, b]) => `? > ${a} and ? < ${b}`),
      fc.tuple(number, number).map(([a, b]) => `[${a}, ${b}]`),
      number.map((n) => `max(${n}, 2)`),
      number.map((n) => `if ? > ${n} then ? else 0`),
      number.map((n) => `? in [${n}..9]`),
      fc.constantFrom('abs(?) = 2', 'null', '? = null', 'nope', 'even(?)', '1 = 1', '1 = 2'),
    );
    fc.assert(
      fc.property(cell(general), fc.oneof(number, fc.constant(null)), (source, value) => {
        expect([source, value, fits(source, value)]).toEqual([source, value, reference(source, value)]);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('the tests of a cell differ from feelin on purpose', () => {
  test('a text never fits a test for numbers, nor a number one for texts', () => {
    for (const [source, value] of [
      ['< 5', '3'],
      ['[1..5]', '3'],
      ['> "a"', 5],
      ['< 5', true],
    ] as const) {
      expect(fits(source, value)).toBe(false);
    }
  });

  test('nothing is between a start and an end before it', () => {
    expect(fits('[5..1]', 3)).toBe(false);
  });
});

test.each(['-', '', ' - '])("'%s' lets everything through", (source) => {
  expect(compileUnaryTests(source)).toBeNull();
});

test.each(['< ', '[1..', '"open', 'not(', '1,,2', '5 5', '[1..5', '>= 1 and <= 5', '< 1 or > 5', 'nope(?)'])(
  "'%s' is refused",
  (source) => {
    expect(() => compileUnaryTests(source)).toThrow(ExpressionSyntaxError);
  },
);
