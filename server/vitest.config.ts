import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Nest's injection needs the types that decorators see, which only swc writes.
  plugins: [
    swc.vite({
      module: { type: 'es6' },
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        target: 'es2022',
        keepClassNames: true,
      },
    }),
  ],
  resolve: {
    alias: [
      { find: /^@millrace\/engine\/testing$/, replacement: source('../engine/src/testing/index.ts') },
      { find: /^@millrace\/engine$/, replacement: source('../engine/src/index.ts') },
      { find: /^@millrace\/worker$/, replacement: source('../workers/src/sdk/index.ts') },
    ],
  },
  test: {
    name: 'server',
    // After the quick projects, whose number of workers differs.
    sequence: { groupOrder: 1 },
    root: source('.'),
    globalSetup: ['test/support/global-setup.ts'],
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    // An embedded database takes a second or two to come up, more while others do.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each file has a server of its own; two at a time are enough for two cores.
    maxWorkers: 2,
  },
});
