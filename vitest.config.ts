import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'engine', root: './engine', include: ['src/**/*.spec.ts'] } },
      { extends: true, test: { name: 'workers', root: './workers', include: ['src/**/*.spec.ts'] } },
      { extends: true, test: { name: 'modeler-ui', root: './modeler-ui', include: ['src/**/*.spec.{ts,tsx}'] } },
      './bpmn/vitest.config.ts',
      './scripts/vitest.config.mjs',
      './server/vitest.config.ts',
    ],
  },
});
