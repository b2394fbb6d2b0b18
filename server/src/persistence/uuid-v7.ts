import { randomFillSync } from 'node:crypto';

/** Random bytes for 256 ids: one system call for all of them. */
const pool = Buffer.alloc(2048);
let used = pool.length;
let lastMs = 0;
let counter = 0;

const digits = Buffer.from('0123456789abcdef');
/** The id in the making. Its first half stays the same as long as the millisecond lasts. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000');

/**
 * A new UUIDv7: 48 bits of milliseconds, a 12-bit counter that makes ids of one process strictly increasing, 62 random
 * bits. When the counter runs over within one millisecond the id's time runs ahead of the clock. Source: RFC 9562 §5.7, §6.2.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) startMillisecond(now);
  else if (++counter > 0xfff) startMillisecond(lastMs + 1);
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  text[15] = digits[counter >> 8]!;
  writeByte(16, counter & 0xff);
  writeByte(19, (pool[used]! & 0x3f) | 0x80);
  writeByte(21, pool[used + 1]!);
  for (let i = 2; i < 8; i++) writeByte(20 + 2 * i, pool[used + i]!);
  used += 8;
  // One flat string: a dozen ids are made for a command, and each is searched and copied soon.
  return text.toString('latin1');
}

function startMillisecond(ms: number): void {
  lastMs = ms;
  counter = 0;
  // Bit operations end at 32 bits.
  const high = Math.floor(ms / 0x1_0000);
  for (let i = 0; i < 4; i++) writeByte(2 * i, (high >>> (24 - 8 * i)) & 0xff);
  writeByte(9, (ms >>> 8) & 0xff);
  writeByte(11, ms & 0xff);
}

function writeByte(position: number, value: number): void {
  text[position] = digits[value >> 4]!;
  text[position + 1] = digits[value & 0xf]!;
}
