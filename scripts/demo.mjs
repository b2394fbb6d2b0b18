import { withCluster } from './demo/cluster.mjs';
import { parseOptions, USAGE } from './demo/options.mjs';
import { runDemo } from './demo/run-demo.mjs';

/** `npm run demo`: sends the recorded applications through a running server and says what became of them. */
async function main() {
  let options;
  try {
    options = parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    const {
      text,
      rows: _rows,
      ...summary
    } = await (options.cluster
      ? withCluster(process.env, (urls) => runDemo({ ...options, url: urls[0], urls }))
      : runDemo(options));
    process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : text);
    return summary.ok ? 0 : 1;
  } catch (error) {
    if (error?.name !== 'DemoError') throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main();
