import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { BATCH_MS, CommitBroadcast } from '../src/cluster/commit-broadcast.js';
import type { HintChannel } from '../src/cluster/hint-channel.js';
import { PostgresHints } from '../src/cluster/postgres-hints.js';
import { RedisHints } from '../src/cluster/redis-hints.js';
import { quietly } from '../src/logging.js';
import { CommitEvents } from '../src/persistence/commit-events.js';
import { until } from './support/until.js';

const databaseUrl = process.env['DATABASE_URL'];
const redisUrl = process.env['REDIS_URL'];
const log = quietly(pino({ level: 'silent' }));

/** Everybody hears what anybody sends, as on the real ones. */
class Air {
  readonly messages: string[] = [];
  private readonly listeners: ((message: string) => void)[] = [];

  channel(maxBytes = 10_000): HintChannel {
    return {
      maxBytes,
      start: (onMessage) => void this.listeners.push(onMessage),
      send: async (message) => {
        this.messages.push(message);
        for (const listener of this.listeners) listener(message);
      },
      stop: async () => {},
    };
  }
}

describe('hints between servers', () => {
  const running: CommitBroadcast[] = [];

  afterEach(async () => {
    for (const broadcast of running.splice(0)) await broadcast.stop();
  });

  function join(channel: HintChannel, jobs: 'own' | 'others' | 'no' = 'own') {
    const events = new CommitEvents();
    const topics: string[] = [];
    const due: Date[] = [];
    events.on('externalTasks', (changed) => topics.push(...changed));
    events.on('jobs', (earliest) => due.push(earliest));
    const broadcast = new CommitBroadcast(channel, events, { jobs });
    broadcast.start();
    running.push(broadcast);
    return { events, topics, due };
  }

  test('tell the others of topics and jobs, once, and in one message for many commits', async () => {
    const air = new Air();
    const [a, b, c] = [join(air.channel()), join(air.channel()), join(air.channel())];
    for (let n = 0; n < 100; n++) a.events.emitExternalTasks(new Set([`topic-${n % 3}`]));
    const dueDate = new Date(Date.now() + 60_000);
    a.events.emitJobs([{ id: 'j', dueDate }], new Date());
    await until('the hints to arrive', () => c.topics.length > 0);
    expect([b.topics, c.topics]).toEqual(Array(2).fill(['topic-0', 'topic-1', 'topic-2']));
    expect(b.due[0]!.getTime()).toBeGreaterThanOrEqual(dueDate.getTime());
    expect(a.topics).toHaveLength(100);
    expect(air.messages).toHaveLength(1);
  });

  test('gather while a message is under way', async () => {
    const air = new Air();
    const channel = air.channel();
    const held: (() => void)[] = [];
    const a = join({
      ...channel,
      send: async (message) => {
        await new Promise<void>((resolve) => held.push(resolve));
        await channel.send(message);
      },
    });
    const b = join(air.channel());
    a.events.emitExternalTasks(new Set(['first']));
    await until('the first to be under way', () => held.length === 1);
    for (const topic of ['second', 'third']) {
      a.events.emitExternalTasks(new Set([topic]));
      // Longer than messages have between them.
      await new Promise((resolve) => setTimeout(resolve, 2 * BATCH_MS));
    }
    expect(held).toHaveLength(1);
    held[0]!();
    await until('the others to be under way', () => held.length === 2);
    held[1]!();
    await until('the hints to arrive', () => b.topics.length === 3);
    expect(air.messages).toHaveLength(2);
  });

  test('leave jobs to the queue that all share', async () => {
    const air = new Air();
    const [a, b] = [join(air.channel(), 'no'), join(air.channel(), 'no')];
    a.events.emitJobs([{ id: 'j', dueDate: null }], new Date());
    a.events.emitExternalTasks(new Set(['t']));
    await until('the hint to arrive', () => b.topics.length > 0);
    expect(b.due).toEqual([]);
  });

  test('are cut into messages that fit', async () => {
    const air = new Air();
    const [a, b] = [join(air.channel(300)), join(air.channel(300))];
    const topics = Array.from({ length: 50 }, (_, n) => `a topic with a long name ${n}`);
    a.events.emitExternalTasks(new Set([...topics, 'x'.repeat(1000)]));
    await until('the hints to arrive', () => b.topics.length === 50);
    expect(b.topics.sort()).toEqual(topics.sort());
    expect(Math.max(...air.messages.map((message) => message.length))).toBeLessThanOrEqual(300);
  });

  test('pass over what is no hint', async () => {
    const air = new Air();
    const a = join(air.channel());
    for (const text of ['', '{', 'null', '{"from":1}', '{"from":"x","topics":[1],"due":null}'])
      await air.channel().send(text);
    await air.channel().send('{"from":"x","topics":["t"],"due":null}');
    expect(a.topics).toEqual(['t']);
  });

  const channels: [string, string | undefined, () => HintChannel][] = [
    ['PostgreSQL', databaseUrl, () => new PostgresHints(databaseUrl!, log)],
    ['Redis', redisUrl, () => new RedisHints(redisUrl!, channelName, log)],
  ];
  const channelName = `millrace-test-${randomBytes(6).toString('hex')}:hints`;

  describe.each(channels)('over %s', (_, url, open) => {
    test.skipIf(!url)('arrive', async () => {
      const [a, b] = [join(open()), join(open())];
      // Hints get lost until both are connected.
      await until('a hint to arrive', () => {
        a.events.emitExternalTasks(new Set(['spread']));
        return b.topics.includes('spread');
      });
    });
  });
});
