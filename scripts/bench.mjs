// `npm run bench`: how fast the server is, and what it costs, beside a peer on the same PostgreSQL in the same run.
import { parseOptions, USAGE } from './bench/options.mjs';
import { runBench } from './bench/run-bench.mjs';

let options;
try {
  options = parseOptions(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
process.exitCode = await runBench(options);
