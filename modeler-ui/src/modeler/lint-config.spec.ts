import { expect, test } from 'vitest';
import { lintConfig } from './lint-config.js';

test('every recommended rule is bundled', () => {
  const names = Object.keys(lintConfig.config.rules);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(lintConfig.resolver.resolveRule('bpmnlint', name), name).toBeTypeOf('function');
  expect(() => lintConfig.resolver.resolveRule('bpmnlint', 'no-such-rule')).toThrow("'bpmnlint/no-such-rule'");
});
