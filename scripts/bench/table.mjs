const PEER = 'operaton';
const OWN = 'millrace';

/** The results as Markdown: Millrace beside its peer, then what only Millrace has. */
export function toMarkdown(results, rows) {
  const of = (server) => rows.filter((row) => row.server === server);
  const parts = [
    head(results, rows),
    comparison(of(OWN), of(PEER)),
    database(of(OWN), of(PEER)),
    queries(of(OWN), of(PEER)),
  ];
  parts.push(embedded(of('embedded'), of(PEER)), facts(results, rows));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function head({ machine, begunAt, seconds }, rows) {
  const others = rows.map(({ coresOfOthers }) => coresOfOthers).filter((cores) => cores !== undefined);
  const most = others.length > 0 ? Math.max(...others).toFixed(1) : '–';
  return (
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, Node ${machine.node.slice(1)}, PostgreSQL ${machine.postgres} with stock settings ` +
    `(synchronous_commit ${machine.synchronousCommit}), ${begunAt.slice(0, 10)}, ${Math.round(seconds / 60)} minutes. Driver, server and ` +
    `database share the cores; others on the machine used up to ${most} cores during a scenario.`
  );
}

/** A ratio above 1 is better for Millrace in every column. */
function comparison(own, peers) {
  if (own.length === 0) return null;
  const lines = own.map((row) => {
    const peer = peers.find(({ name }) => name === row.name);
    return cells([
      row.name,
      row.concurrency,
      pair(row, peer, 'perSecond', 1),
      ratio(row.perSecond, peer?.perSecond),
      pair(row, peer, 'p50Ms', 1),
      ratio(peer?.p50Ms, row.p50Ms),
      pair({ ...row, cpu: cpuOf(row) }, peer && { ...peer, cpu: cpuOf(peer) }, 'cpu', 2),
      ratio(peer && cpuOf(peer), cpuOf(row)),
      number(row.coresOfOthers, 1),
    ]);
  });
  const title = [
    'scenario',
    'at once',
    'per second',
    'ratio',
    'p50 ms',
    'ratio',
    'CPU ms each',
    'ratio',
    'others, cores',
  ];
  const note =
    peers.length > 0
      ? 'Millrace / Operaton, median of the rounds. A ratio above 1 is in favour of Millrace. CPU is that of server and PostgreSQL.'
      : 'Millrace, median of the rounds. CPU is that of server and PostgreSQL.';
  return `${note}\n\n${table(title, lines)}${failures([...own, ...peers])}`;
}

function database(own, peers) {
  const counted = own.filter(({ statements }) => typeof statements === 'number');
  if (counted.length === 0) return null;
  const lines = counted.map((row) => {
    const peer = peers.find(({ name }) => name === row.name);
    return cells([
      row.name,
      pair(row, peer, 'statements', 1),
      pair(row, peer, 'rows', 1),
      pair(row, peer, 'walBytes', 0),
      pair(row, peer, 'serverMs', 2),
      pair(row, peer, 'postgresMs', 2),
    ]);
  });
  const title = ['each operation costs', 'statements', 'rows', 'bytes of WAL', 'server ms', 'PostgreSQL ms'];
  return table(title, lines);
}

function queries(own, peers) {
  const mine = own.find(({ extra }) => extra?.queries)?.extra.queries;
  if (!mine) return null;
  const theirs = peers.find(({ extra }) => extra?.queries)?.extra.queries;
  const lines = Object.entries(mine).map(([name, query]) =>
    cells([
      name,
      pair(query, theirs?.[name], 'p50_ms', 1),
      ratio(theirs?.[name].p50_ms, query.p50_ms),
      pair(query, theirs?.[name], 'per_second_8', 0),
      ratio(query.per_second_8, theirs?.[name].per_second_8),
    ]),
  );
  return table(['query', 'p50 ms', 'ratio', 'per second, 8 at once', 'ratio'], lines);
}

/** The peer has no embedded database worth a comparison: its figures are those on PostgreSQL. */
function embedded(rows, peers) {
  if (rows.length === 0) return null;
  const lines = rows.map((row) => {
    const peer = peers.find(({ name }) => name === row.name);
    return cells([
      row.name,
      row.concurrency,
      pair(row, peer, 'perSecond', 1),
      ratio(row.perSecond, peer?.perSecond),
      pair(row, peer, 'p50Ms', 1),
      pair({ ...row, cpu: row.serverMs }, peer && { ...peer, cpu: cpuOf(peer) }, 'cpu', 2),
    ]);
  });
  const title = ['embedded / Operaton on PostgreSQL', 'at once', 'per second', 'ratio', 'p50 ms', 'CPU ms each'];
  return `${table(title, lines)}${failures(rows)}`;
}

function facts({ startUp, left }, rows) {
  const find = (name, server = OWN) => rows.find((row) => row.name === name && row.server === server);
  const lines = Object.entries(startUp).map(
    ([name, { ms, residentMiB }]) =>
      `- ${name}: first answer ${(ms / 1000).toFixed(1)} s after its start on an empty database, then ${Math.round(residentMiB)} MiB resident.`,
  );
  for (const server of [OWN, PEER]) {
    const mem = find('mem', server);
    if (mem?.extra)
      lines.push(
        `- ${server}: ${mem.extra.rss_before_mb} MiB resident before and ${mem.extra.rss_settled_mb} MiB after ${mem.n} more instances wait.`,
      );
    const [few, many] = [find('start, among few waiting', server), find('start, among 10,000 waiting', server)];
    if (few?.perSecond && many?.perSecond)
      lines.push(
        `- ${server}: a start costs ${cpuOf(few).toFixed(2)} ms of CPU with few waiting instances in the database and ${cpuOf(many).toFixed(2)} ms among 10,000 (× ${(cpuOf(many) / cpuOf(few)).toFixed(2)}).`,
      );
  }
  const [ceiling, start] = [find('empty POST', 'ceiling'), find('start')];
  if (ceiling?.perSecond)
    lines.push(
      `- An empty POST on the same framework: ${number(ceiling.perSecond, 0)} per second, ${number(ceiling.serverMs, 2)} ms of CPU each${
        start?.perSecond
          ? `; a start reaches ${((start.perSecond / ceiling.perSecond) * 100).toFixed(1)} % of that`
          : ''
      }.`,
    );
  if (left.length > 0) lines.push(`- Left out when the time was over: ${left.join('; ')}.`);
  return lines.length > 0 ? lines.join('\n') : null;
}

function failures(rows) {
  const failed = rows.flatMap(({ name, server, failures }) => failures.map((text) => `- ${name}, ${server}: ${text}`));
  return failed.length > 0 ? `\n\nNot done in full, and so not counted:\n\n${failed.join('\n')}` : '';
}

function cpuOf({ serverMs, postgresMs }) {
  return serverMs === undefined ? undefined : serverMs + postgresMs;
}

function pair(row, peer, name, digits) {
  const text = number(row[name], digits);
  return peer ? `${text} / ${number(peer[name], digits)}` : text;
}

function ratio(better, worse) {
  return typeof better === 'number' && typeof worse === 'number' && worse > 0
    ? `**${(better / worse).toFixed(2)}**`
    : '–';
}

function number(value, digits) {
  if (typeof value !== 'number') return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function table(titles, lines) {
  return `${cells(titles)}\n|${titles.map((_, i) => (i === 0 ? ' --- |' : ' ---: |')).join('')}\n${lines.join('\n')}`;
}

function cells(values) {
  return `| ${values.join(' | ')} |`;
}
