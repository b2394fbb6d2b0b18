import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { hash } from '@node-rs/argon2';

const USAGE = `Prints a line for USERS_FILE.
  node server/dist/hash.js anna               asks for the password of user anna (or reads it from standard input)
  node server/dist/hash.js --api-key billing  makes an API key of that name; it is shown once
`;

async function main(args: readonly string[]): Promise<void> {
  const isKey = args[0] === '--api-key';
  const name = args[isKey ? 1 : 0] ?? '';
  if (args.length !== (isKey ? 2 : 1) || name.startsWith('-') || !/^[^:\s#][^:\r\n]*$/.test(name)) {
    process.stderr.write(USAGE);
    process.exitCode = 1;
    return;
  }
  if (isKey) {
    const secret = randomBytes(32).toString('base64url');
    process.stderr.write(`The key, for "Authorization: Bearer …" or "X-API-Key: …": ${name}.${secret}\n`);
    process.stdout.write(`api-key ${name}:${await hash(secret)}\n`);
    return;
  }
  const password = await readPassword(name);
  if (password === '') {
    process.stderr.write('The password is empty.\n');
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${name}:${await hash(password)}\n`);
}

/** The first line of standard input; on a terminal it isn't shown. */
async function readPassword(name: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return line;
    return '';
  }
  stderr.write(`Password of ${name}: `);
  stdin.setRawMode(true);
  let typed = '';
  try {
    for await (const chunk of stdin.setEncoding('utf8'))
      for (const key of chunk as string) {
        if (key === '\r' || key === '\n') return typed;
        if (key === '\u0003') process.exit(130);
        typed = key === '\u007f' ? typed.slice(0, -1) : typed + key;
      }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

await main(process.argv.slice(2));
