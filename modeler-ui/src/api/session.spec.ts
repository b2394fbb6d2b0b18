import { expect, test } from 'vitest';
import { queryString } from './http.js';
import { basicAuthorization } from './session.js';

test('users and passwords may use any letters', () => {
  expect(basicAuthorization('demo', 'secret')).toBe('Basic ZGVtbzpzZWNyZXQ=');
  expect(Buffer.from(basicAuthorization('jörg', 'p:ß€').slice(6), 'base64').toString('utf8')).toBe('jörg:p:ß€');
});

test('what isn’t set isn’t asked for', () => {
  expect(queryString({ key: 'a b', version: 0, latest: false, name: '', tenant: null, other: undefined })).toBe(
    '?key=a+b&version=0&latest=false',
  );
  expect(queryString()).toBe('');
});
