import { expect, test } from 'vitest';
import { isIban } from './iban.js';

test.each(['DE89370400440532013000', 'de89 3704 0044 0532 0130 00', 'GB82WEST12345698765432', 'NO9386011117947'])(
  '%s is an account',
  (text) => expect(isIban(text)).toBe(true),
);

test.each(['DE89370400440532013001', 'DE98370400440532013000', 'INVALID', '', '12345678', `DE89${'0'.repeat(40)}`])(
  "'%s' is none",
  (text) => expect(isIban(text)).toBe(false),
);
