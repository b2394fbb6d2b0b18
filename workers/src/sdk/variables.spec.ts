import { describe, expect, test } from 'vitest';
import { typed } from './typed-value.js';
import { decodeVariables, encodeVariables, type FileVariable } from './variables.js';

const noFiles = () => Promise.reject(new Error('no files here'));

describe('variables a handler gets', () => {
  test('come as native values, whatever the case of the type name', () => {
    const variables = decodeVariables(
      {
        amount: { type: 'Integer', value: 1169 },
        rate: { type: 'double', value: 4.5 },
        approved: { type: 'BOOLEAN', value: false },
        name: { type: 'String', value: 'Ada' },
        report: { type: 'Json', value: '{"score":710,"factors":[1]}' },
        customer: {
          type: 'Object',
          value: '{"id":7}',
          valueInfo: { objectTypeName: 'com.example.Customer', serializationDataFormat: 'application/json' },
        },
        java: { type: 'Object', value: 'rO0AB', valueInfo: { serializationDataFormat: 'application/x-java' } },
        letter: { type: 'Bytes', value: 'AAH/' },
        nothing: { type: 'Null', value: null },
        big: { type: 'Long', value: '9007199254740993' },
        small: { type: 'Long', value: '12' },
      },
      noFiles,
    );
    expect(variables).toEqual({
      amount: 1169,
      rate: 4.5,
      approved: false,
      name: 'Ada',
      report: { score: 710, factors: [1] },
      customer: { id: 7 },
      java: 'rO0AB',
      letter: new Uint8Array([0, 1, 255]),
      nothing: null,
      big: 9007199254740993n,
      small: 12,
    });
  });

  test.each(['2026-01-02T03:04:05.678+0000', '2026-01-02T05:04:05.678+0200', '2026-01-02T03:04:05.678Z'])(
    'a date comes as the same moment when it is written %s',
    (value) => {
      const { at } = decodeVariables({ at: { type: 'Date', value } }, noFiles);
      expect(at).toEqual(new Date('2026-01-02T03:04:05.678Z'));
    },
  );

  test('a file comes as its description, and its content when it is asked for', async () => {
    const { passport } = decodeVariables(
      { passport: { type: 'File', value: null, valueInfo: { filename: 'p.pdf', mimeType: 'application/pdf' } } },
      (name) => Promise.resolve(Buffer.from(`content of ${name}`)),
    );
    const file = passport as FileVariable;
    expect([file.filename, file.mimeType, file.encoding]).toEqual(['p.pdf', 'application/pdf', undefined]);
    expect(Buffer.from(await file.read()).toString()).toBe('content of passport');
  });

  test.each([
    ['report', { type: 'Json', value: '{"score":' }],
    ['at', { type: 'Date', value: 'yesterday' }],
    ['count', { type: 'Long', value: 'many' }],
  ])('a broken value is refused with the name of the variable (%s)', (name, dto) => {
    expect(() => decodeVariables({ [name]: dto }, noFiles)).toThrow(new RegExp(`Variable '${name}' is not`));
  });
});

describe('variables a handler returns', () => {
  test('get the type that fits the value', () => {
    const date = new Date('2026-01-02T03:04:05.678Z');
    expect(
      encodeVariables({
        whole: 710,
        negative: -(2 ** 31),
        large: 2 ** 31,
        huge: 9007199254740993n,
        fraction: 0.5,
        vast: 1e300,
        text: 'x',
        yes: true,
        at: date,
        none: null,
        left: undefined,
        list: [1, 2],
        map: { a: 1 },
        bytes: new Uint8Array([0, 1, 255]),
      }),
    ).toEqual({
      whole: { type: 'Integer', value: 710 },
      negative: { type: 'Integer', value: -(2 ** 31) },
      large: { type: 'Long', value: 2 ** 31 },
      huge: { type: 'Long', value: '9007199254740993' },
      fraction: { type: 'Double', value: 0.5 },
      vast: { type: 'Double', value: 1e300 },
      text: { type: 'String', value: 'x' },
      yes: { type: 'Boolean', value: true },
      at: { type: 'Date', value: '2026-01-02T03:04:05.678+0000' },
      none: { type: 'Null', value: null },
      list: { type: 'Json', value: '[1,2]' },
      map: { type: 'Json', value: '{"a":1}' },
      bytes: { type: 'Bytes', value: 'AAH/' },
    });
  });

  test('keep the type that the handler gave them', () => {
    expect(
      encodeVariables({
        ratio: typed.double(2),
        count: typed.long(5),
        short: typed.short(-3),
        customer: typed.object({ id: 7 }, { objectTypeName: 'com.example.Customer' }),
        list: typed.object([1]),
        letter: typed.file('a.txt', Buffer.from('hi'), { mimeType: 'text/plain', encoding: 'utf-8' }),
        secret: typed.transient(typed.string('pin')),
      }),
    ).toEqual({
      ratio: { type: 'Double', value: 2 },
      count: { type: 'Long', value: 5 },
      short: { type: 'Short', value: -3 },
      customer: {
        type: 'Object',
        value: '{"id":7}',
        valueInfo: { objectTypeName: 'com.example.Customer', serializationDataFormat: 'application/json' },
      },
      list: {
        type: 'Object',
        value: '[1]',
        valueInfo: { objectTypeName: 'java.util.ArrayList', serializationDataFormat: 'application/json' },
      },
      letter: {
        type: 'File',
        value: 'aGk=',
        valueInfo: { filename: 'a.txt', mimeType: 'text/plain', encoding: 'utf-8' },
      },
      secret: { type: 'String', value: 'pin', valueInfo: { transient: true } },
    });
  });

  test.each([
    ['score', Number.NaN, 'finite'],
    ['at', new Date(Number.NaN), 'valid date'],
    ['work', () => 1, 'JSON can hold'],
    ['table', new Map([['a', 1]]), 'Map or Set'],
    ['huge', 2n ** 63n, 'too big'],
  ])('a value that can not be sent is refused with the name of the variable (%s)', (name, value, reason) => {
    expect(() => encodeVariables({ [name]: value })).toThrow(
      new RegExp(`Variable '${name}' can't be sent: .*${reason}`),
    );
  });

  test('an explicit type refuses a value outside of its range', () => {
    expect(() => typed.integer(2 ** 31)).toThrow(/type Integer, but 2147483648 is too big/);
    expect(() => typed.integer(1.5)).toThrow(/whole number/);
  });
});
