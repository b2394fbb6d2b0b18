import { spawn } from 'node:child_process';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { root } from '../run.mjs';

const READY_LIMIT_MS = 120_000;

/** A program of ours that runs beside this one. `pid`, `hasEnded()`, and `kill(signal)`, which resolves when it has ended. */
export function startProgram(args, { env = {}, log = null } = {}) {
  // Each stream appends by itself: they end one after the other.
  const errors = log === null ? 'ignore' : openSync(log, 'a');
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', errors], env: cleanEnv(env) });
  if (log !== null) {
    closeSync(errors);
    child.stdout.pipe(createWriteStream(log, { flags: 'a' }));
  }
  const ended = new Promise((done) => {
    child.once('exit', done);
    child.once('error', done);
  });
  return {
    child,
    pid: child.pid,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async kill(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

/** Resolves when the program has said a line that begins with `start`; what it says afterwards is passed over. */
export async function saying(program, start) {
  const lines = createInterface({ input: program.child.stdout });
  let timer;
  try {
    await new Promise((done, fail) => {
      timer = setTimeout(() => fail(new Error(`no '${start}' within ${READY_LIMIT_MS / 1000} s`)), READY_LIMIT_MS);
      lines.on('line', (line) => line.startsWith(start) && done());
      program.ended.then((code) => fail(new Error(`ended with code ${code} before it said '${start}'`)));
    });
  } finally {
    clearTimeout(timer);
    lines.close();
    program.child.stdout.resume(); // what nobody reads would stop it
  }
}

/**
 * Starts a server and waits until it is ready. Nothing of this process's own settings reaches it but what a program needs.
 * @param dist the folder of the built server
 */
export async function startServer({ dist = 'server/dist', port, env, log }) {
  const program = startProgram([`${dist}/main.js`], { env: { PORT: String(port), LOG_LEVEL: 'warn', ...env }, log });
  try {
    await saying(program, 'Millrace is ready');
  } catch (error) {
    await program.kill('SIGKILL');
    throw new Error(`the server on port ${port} ${error.message}`);
  }
  return { ...program, port, url: `http://127.0.0.1:${port}` };
}

/** The settings of this process's own would reach the programs it starts. */
function cleanEnv(env) {
  const own =
    /^(MILLRACE_|DATABASE_URL$|REDIS_URL$|USERS_FILE$|DATA_DIR$|PORT$|HOST$|JOB_EXECUTOR$|CALL_BINDING$|LOG_LEVEL$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(inherited), ...env };
}
