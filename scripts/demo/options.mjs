export const USAGE = `Usage: npm run demo -- [options]

  --url URL          the server (MILLRACE_URL, else http://127.0.0.1:8080)
  --cluster          on three servers and their workers, started for it: DATABASE_URL and REDIS_URL must be set
  --count N          how many applications (1000)
  --concurrency N    how many requests at once (16)
  --run NAME         the business keys become NAME-0001 …; an interrupted run of that name goes on (default: a new one)
  --json             the summary as JSON instead of a table
  --help             this text

MILLRACE_USER and MILLRACE_PASSWORD are sent when the server asks for a login.
`;

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** @throws Error with a sentence for the user when an option is unknown or has no sensible value */
export function parseOptions(args, env) {
  const options = {
    url: env.MILLRACE_URL || DEFAULT_URL,
    count: 1000,
    concurrency: 16,
    run: null,
    json: false,
    cluster: false,
  };
  if (env.MILLRACE_USER) options.user = env.MILLRACE_USER;
  if (env.MILLRACE_PASSWORD) options.password = env.MILLRACE_PASSWORD;
  const queue = args.flatMap((arg) => (/^--\w+=/.test(arg) ? splitOnce(arg) : [arg]));
  while (queue.length > 0) {
    const name = queue.shift();
    if (name === '--json') options.json = true;
    else if (name === '--help' || name === '-h') options.help = true;
    else if (name === '--cluster') options.cluster = true;
    else if (name === '--url') options.url = takeValue(name, queue);
    else if (name === '--run') options.run = takeRun(name, queue);
    else if (name === '--count') options.count = takeNumber(name, queue, 100_000);
    else if (name === '--concurrency') options.concurrency = takeNumber(name, queue, 256);
    else throw new Error(`Unknown option '${name}'`);
  }
  if (options.cluster && args.some((arg) => /^--url(=|$)/.test(arg)))
    throw new Error('--cluster starts its own servers, so --url has no meaning beside it');
  options.url = normalizeUrl(options.url);
  return options;
}

/** The server's root without a slash or `/engine-rest` at its end. @throws Error */
export function normalizeUrl(text) {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new Error(`Expected the server's URL, but got '${text}'`);
  return text.replace(/\/+$/, '').replace(/\/engine-rest$/, '');
}

function splitOnce(arg) {
  const at = arg.indexOf('=');
  return [arg.slice(0, at), arg.slice(at + 1)];
}

function takeValue(name, queue) {
  const value = queue.shift();
  if (!value || value.startsWith('--')) throw new Error(`Expected a value after ${name}`);
  return value;
}

function takeRun(name, queue) {
  const value = takeValue(name, queue);
  if (!/^[A-Za-z0-9_]{1,40}$/.test(value))
    throw new Error(`Expected letters and digits after ${name}, but got '${value}'`);
  return value;
}

function takeNumber(name, queue, most) {
  const text = takeValue(name, queue);
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new Error(`Expected a whole number from 1 to ${most} after ${name}, but got '${text}'`);
  }
  return number;
}
