const WIDTH = 30;
const PLAIN_EVERY_MS = 5_000;

/** Redraws one line on a terminal, prints a line now and then elsewhere. */
export function createProgress({ stream = process.stderr, total, quiet = false }) {
  const begun = Date.now();
  let printedAt = -Infinity;
  let printed = '';

  const render = ({ finished, started, note }) => {
    const filled = Math.min(WIDTH, Math.floor((WIDTH * finished) / total));
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const seconds = Math.round((Date.now() - begun) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    return `${bar} ${finished}/${total} done, ${started - finished} under way, ${time}${note ? `, ${note}` : ''}`;
  };

  return {
    update(state) {
      if (quiet) return;
      const line = render(state);
      if (stream.isTTY) {
        const columns = stream.columns ?? 100;
        stream.write(`\r\x1b[2K${line.slice(0, columns - 1)}`);
      } else if (Date.now() - printedAt >= PLAIN_EVERY_MS && line !== printed) {
        stream.write(`${line}\n`);
        printedAt = Date.now();
        printed = line;
      }
    },
    finish(state) {
      if (quiet) return;
      const line = render(state);
      stream.write(stream.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
    },
  };
}
