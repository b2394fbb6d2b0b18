// The inner loop, under a minute: formatting, lint, types, dependency rules, the specs that need no service.
import { runAll, runTogether } from './run.mjs';

const folders = ['engine/src', 'server/src', 'workers/src', 'modeler-ui/src'];

await runTogether([
  ['format and lint', 'npx', ['biome', 'check', '.']],
  ['types: engine', 'npx', ['tsc', '--noEmit', '-p', 'engine']],
  ['types: workers', 'npx', ['tsc', '--noEmit', '-p', 'workers']],
  ['types: server', 'npx', ['tsc', '--noEmit', '-p', 'server']],
  ['types: modeler-ui', 'npx', ['tsc', '--noEmit', '-p', 'modeler-ui']],
  ['dependencies', 'npx', ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...folders]],
  ['unused code', 'npx', ['knip']],
]);
// What takes its time, instances of 10,000 items and loops of 100,000 turns, is `npm test`'s.
await runAll([['engine specs', 'npx', ['vitest', 'run', '--project', 'engine', '--exclude', '**/proportion.spec.ts']]]);
