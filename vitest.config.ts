import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Nothing but processor time is needed here; vitest itself would leave one of two cores idle.
    maxWorkers: '100%',
    projects: [
      // The engine is pure: its specs can share a process, which then loads it once.
      { extends: true, test: { name: 'engine', root: './engine', include: ['src/**/*.spec.ts'], isolate: false } },
      { extends: true, test: { name: 'workers', root: './workers', include: ['src/**/*.spec.ts'] } },
      { extends: true, test: { name: 'modeler-ui', root: './modeler-ui', include: ['src/**/*.spec.{ts,tsx}'] } },
      './bpmn/vitest.config.ts',
      './scripts/vitest.config.mjs',
      './server/vitest.config.ts',
    ],
  },
});
