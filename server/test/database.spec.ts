import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../src/persistence/open-database.js';
import { createStorage, type TestStorage } from './support/test-storage.js';

const logger = pino({ level: 'silent' });

describe('the database', () => {
  let storage: TestStorage;
  let open: OpenDatabase;

  beforeAll(async () => {
    storage = await createStorage();
    open = await openDatabase(storage, logger);
  });

  afterAll(async () => {
    await open?.close();
    await storage?.remove();
  });

  test('has every table and column that the entities name', async () => {
    for (const { tableName, columns } of open.database.dataSource.entityMetadatas) {
      const rows = await open.database.query<{ name: string; nullable: boolean }>(
        `SELECT column_name AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns WHERE table_name = $1`,
        [tableName],
      );
      expect(Object.fromEntries(rows.map(({ name, nullable }) => [name, nullable])), tableName).toEqual(
        Object.fromEntries(columns.map(({ databaseName, isNullable }) => [databaseName, isNullable])),
      );
    }
  });

  test('is opened again as it was left', async () => {
    await open.database.query(
      `INSERT INTO deployment (id, name, deployed_at) VALUES ('kept', 'Größe "x" \\ {y}', now())`,
    );
    await open.close();
    open = await openDatabase(storage, logger);
    expect(await open.database.query('SELECT name FROM deployment WHERE id = $1', ['kept'])).toEqual([
      { name: 'Größe "x" \\ {y}' },
    ]);
  });

  test('hands values back as they were given', async () => {
    const at = new Date('2026-03-29T01:30:00.123Z');
    const [row] = await open.database.query(
      `SELECT $1::text AS text, $2::integer AS number, $3::boolean AS yes, $4::timestamptz AS at, $5::jsonb AS json,
         $6::bytea AS bytes, $7::text[] AS texts, $8::jsonb[] AS objects, $9::timestamptz[] AS dates, $10::text AS nothing, $11::double precision AS big`,
      [
        'ä"\\',
        7,
        false,
        at,
        { a: [1, 'x'] },
        Buffer.from([0, 255]),
        ['a,b', null, '{"q"}', 'NULL', ''],
        [{ q: '"\\' }, null],
        [at, null],
        undefined,
        2 ** 53,
      ],
    );
    expect(row).toEqual({
      text: 'ä"\\',
      number: 7,
      yes: false,
      at,
      json: { a: [1, 'x'] },
      bytes: Buffer.from([0, 255]),
      texts: ['a,b', null, '{"q"}', 'NULL', ''],
      objects: [{ q: '"\\' }, null],
      dates: [at, null],
      nothing: null,
      big: 2 ** 53,
    });
  });

  test('keeps nothing of a transaction that fails, and stays usable', async () => {
    const failing = open.database.transaction(async (tx) => {
      await tx.query(`INSERT INTO deployment (id, deployed_at) VALUES ('half', now())`);
      await tx.query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await open.database.query(`SELECT id FROM deployment WHERE id = 'half'`)).toEqual([]);
  });

  test('never mixes the statements of two transactions', async () => {
    const insert = (id: string, fails: boolean) =>
      open.database.transaction(async (tx) => {
        await tx.query('INSERT INTO deployment (id, deployed_at) VALUES ($1, now())', [id]);
        await new Promise((resolve) => setImmediate(resolve));
        if (fails) throw new Error('no');
      });
    const ids = Array.from({ length: 20 }, (_, index) => `mixed-${index}`);
    await Promise.allSettled(ids.map((id, index) => insert(id, index % 2 === 0)));
    const rows = await open.database.query<{ id: string }>(`SELECT id FROM deployment WHERE id LIKE 'mixed-%'`);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids.filter((_, index) => index % 2 === 1)));
  });

  test('refuses a second server on the same data directory', async () => {
    if (!open.isEmbedded) return;
    await expect(openDatabase(storage, logger)).rejects.toThrow(/uses the data directory/);
  });
});
