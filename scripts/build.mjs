// Builds what is older than its sources, in the order of the dependencies. `--force` builds everything.
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const packages = [
  { name: 'engine', sources: ['engine/src', 'engine/tsconfig.build.json', 'tsconfig.base.json'] },
  { name: 'workers', sources: ['workers/src', 'workers/tsconfig.build.json', 'tsconfig.base.json'] },
  { name: 'server', sources: ['server/src', 'server/tsconfig.build.json', 'tsconfig.base.json', 'engine/src'] },
  {
    name: 'modeler-ui',
    sources: [
      'modeler-ui/src',
      'modeler-ui/public',
      'modeler-ui/index.html',
      'modeler-ui/vite.config.ts',
      'modeler-ui/package.json',
    ],
  },
];

const force = process.argv.includes('--force');
for (const { name, sources } of packages) {
  const stamp = join(root, name, 'dist', '.built');
  if (!force && existsSync(stamp) && statSync(stamp).mtimeMs > Math.max(...sources.map((s) => newest(join(root, s)))))
    continue;
  const started = new Date();
  process.stdout.write(`building ${name} …\n`);
  const code = await run('npm', ['run', 'build', '--silent', '-w', name]);
  if (code !== 0) process.exit(code);
  mkdirSync(join(root, name, 'dist'), { recursive: true });
  writeFileSync(stamp, '');
  utimesSync(stamp, started, started); // what was edited while it was being built is newer
}

/** The latest change below a path, in ms since the epoch; 0 where there is nothing. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
