// The inner loop, under a minute: formatting, lint, types, dependency rules, the specs that need no service.
import { runAll, runTogether } from './run.mjs';

const folders = ['engine/src', 'server/src', 'workers/src', 'modeler-ui/src'];

/** Only what has changed since the last time is looked at again. */
const types = (project) => [
  `types: ${project}`,
  'npx',
  ['tsc', '--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', `node_modules/.cache/types/${project}.json`],
];

await runTogether([
  ['format and lint', 'npx', ['biome', 'check', '.']],
  ...['engine', 'workers', 'server', 'modeler-ui'].map(types),
  ['dependencies', 'npx', ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...folders]],
  ['unused code', 'npx', ['knip']],
]);
// What takes its time is `npm test`'s: instances of 10,000 items, loops of 100,000 turns, hundreds of random models.
const slow = ['**/proportion.spec.ts', '**/random-*.spec.ts'].flatMap((files) => ['--exclude', files]);
await runAll([['engine specs', 'npx', ['vitest', 'run', '--project', 'engine', ...slow]]]);
