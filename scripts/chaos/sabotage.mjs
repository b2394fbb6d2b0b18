import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

/**
 * Mechanisms that the chaos run must miss when they are gone, as cuts. `file` is a file or folder below server/dist; every match
 * of `pattern` is replaced, and it must match somewhere.
 */
const SABOTAGES = {
  /** Two servers that change one instance at the same time overwrite each other. */
  'revision-check': [{ file: 'persistence', pattern: / AND p\.revision = v\.revision/g, replacement: '' }],
  /** What Redis loses is never put in again. */
  reconciler: [
    {
      file: 'job-executor/dispatch/bullmq-dispatcher.js',
      pattern: /async addDue\(\) \{/g,
      replacement: 'async addDue() { return;',
    },
  ],
  /** A result counts even when its task has been given to another worker since. */
  'idempotent-results': [
    {
      file: 'external-task/external-task.service.js',
      pattern: /if \(held\.workerId !== workerId\)/g,
      replacement: 'if (false)',
    },
    {
      file: 'external-task/external-task.service.js',
      pattern: /const guards = \[\{ kind: 'externalTask'.*\}\];/g,
      replacement: 'const guards = [];',
    },
  ],
};

export const SABOTAGE_NAMES = Object.keys(SABOTAGES);

/** A copy of the built server in which the mechanism is missing. @returns its folder @throws Error when there is nothing to replace */
export function sabotagedServer(name, scratch) {
  const server = join(scratch, 'sabotaged', 'server');
  const dist = join(server, 'dist');
  mkdirSync(server, { recursive: true });
  cpSync(join(root, 'server/dist'), dist, { recursive: true });
  cpSync(join(root, 'server/package.json'), join(server, 'package.json'));
  // Packages are found beside and above the copy.
  symlinkSync(join(root, 'node_modules'), join(scratch, 'sabotaged', 'node_modules'));
  symlinkSync(join(root, 'server/node_modules'), join(server, 'node_modules'));
  for (const cut of SABOTAGES[name]) makeCut(dist, name, cut);
  return dist;
}

function makeCut(dist, name, { file, pattern, replacement }) {
  const target = join(dist, file);
  const files = file.endsWith('.js')
    ? [target]
    : readdirSync(target, { recursive: true })
        .filter((path) => path.endsWith('.js'))
        .map((path) => join(target, path));
  let found = 0;
  for (const path of files) {
    const text = readFileSync(path, 'utf8');
    found += text.match(pattern)?.length ?? 0;
    writeFileSync(path, text.replace(pattern, replacement));
  }
  if (found === 0)
    throw new Error(`Expected ${pattern} in server/dist/${file}: the sabotage '${name}' has to follow the server`);
}
