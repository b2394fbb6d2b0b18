import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: { '@millrace/engine/testing': fileURLToPath(new URL('../engine/src/testing/index.ts', import.meta.url)) },
  },
  test: { name: 'bpmn', include: ['**/*.spec.ts'] },
});
