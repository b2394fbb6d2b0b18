// `npm run chaos`: servers, workers, database and queue die and come back under load; then everything must be there.
import { parseOptions, USAGE } from './chaos/options.mjs';
import { runChaos } from './chaos/run-chaos.mjs';

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
process.exit(await runChaos(options));
