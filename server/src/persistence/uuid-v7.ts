import { randomFillSync } from 'node:crypto';

// 240 random bytes at a time: one system call for 24 ids.
const pool = Buffer.alloc(240);
let used = pool.length;
let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7: 48 bits of milliseconds, a 12-bit counter that makes ids of one process strictly increasing, 62 random
 * bits. When the counter runs over within one millisecond the id's time runs ahead of the clock. Source: RFC 9562 §5.7, §6.2.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const variant = ((pool[used]! & 0x3f) | 0x80).toString(16);
  const random = pool.toString('hex', used + 1, used + 8);
  used += 8;
  const sequence = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}${random.slice(0, 2)}-${random.slice(2)}`;
}
