// The inner loop, under a minute: formatting, lint, types, dependency rules, the specs that need no service.
import { runAll } from './run.mjs';

await runAll([
  ['format and lint', 'npx', ['biome', 'check', '.']],
  ['types: engine', 'npx', ['tsc', '--noEmit', '-p', 'engine']],
  ['types: workers', 'npx', ['tsc', '--noEmit', '-p', 'workers']],
  ['types: server', 'npx', ['tsc', '--noEmit', '-p', 'server']],
  ['types: modeler-ui', 'npx', ['tsc', '--noEmit', '-p', 'modeler-ui']],
  [
    'dependencies',
    'npx',
    [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      'engine/src',
      'server/src',
      'workers/src',
      'modeler-ui/src',
    ],
  ],
  ['unused code', 'npx', ['knip']],
  ['engine specs', 'npx', ['vitest', 'run', '--project', 'engine']],
]);
