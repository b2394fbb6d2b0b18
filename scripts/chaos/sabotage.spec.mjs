import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createRandom } from '../lib/random.mjs';
import { SABOTAGE_NAMES, sabotagedServer } from './sabotage.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'millrace-sabotage-'));

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

test.each(SABOTAGE_NAMES)('the server still has what the chaos run cuts out: %s', (name) => {
  expect(sabotagedServer(name, scratch)).toMatch(/server\/dist$/);
});

test('the same seed makes the same troubles, another one others', () => {
  const row = (seed, name) => {
    const random = createRandom(seed, name);
    return Array.from({ length: 20 }, () => random.between(0, 1)).join();
  };
  expect(row(1, 'trouble')).toBe(row(1, 'trouble'));
  expect(new Set([row(1, 'trouble'), row(2, 'trouble'), row(1, 'network')]).size).toBe(3);
  expect(new Set(row(1, 'trouble').split(',')).size).toBe(20);
});
