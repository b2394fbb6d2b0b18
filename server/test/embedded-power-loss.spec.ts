import { fstatSync, fsyncSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import type { EmbeddedClient } from '../src/persistence/embedded/embedded-client.js';
import { openEmbeddedDatabase } from '../src/persistence/embedded/embedded-database.js';

/**
 * What a disk holds for certain: a file's content as it was flushed last, a folder's names as they were flushed last.
 * Flushing a new file keeps its name too, as file systems with a journal do and PostgreSQL relies on.
 */
class Disk {
  private readonly contents = new Map<number, Buffer>();
  private readonly names = new Map<string, Map<string, { inode: number; isFolder: boolean }>>();

  constructor(readonly root: string) {
    const take = (folder: string) => {
      this.keepNames(folder);
      for (const [name, { inode, isFolder }] of this.names.get(folder)!) {
        if (isFolder) take(join(folder, name));
        else this.contents.set(inode, readFileSync(join(folder, name)));
      }
    };
    take(root);
  }

  readonly flush = (fd: number, path: string): void => {
    fsyncSync(fd);
    const { ino: inode } = fstatSync(fd);
    if (fstatSync(fd).isDirectory()) return this.keepNames(path);
    this.contents.set(inode, readFileSync(path));
    this.names.get(dirname(path))?.set(basename(path), { inode, isFolder: false });
  };

  /** @param keeps whether a file's unflushed content has reached the disk by chance */
  cutPower(into: string, keeps: (count: number) => boolean): void {
    let count = 0;
    const write = (folder: string, target: string) => {
      mkdirSync(target, { mode: 0o700 });
      for (const [name, { inode, isFolder }] of this.names.get(folder) ?? []) {
        const path = join(folder, name);
        if (isFolder) write(path, join(target, name));
        else {
          const now = statSync(path, { throwIfNoEntry: false });
          const lucky = keeps(count++) && now?.ino === inode;
          writeFileSync(join(target, name), lucky ? readFileSync(path) : (this.contents.get(inode) ?? ''));
        }
      }
    };
    write(this.root, into);
  }

  private keepNames(folder: string): void {
    const entries = readdirSync(folder, { withFileTypes: true });
    this.names.set(
      folder,
      new Map(
        entries.map((entry) => [
          entry.name,
          { inode: statSync(join(folder, entry.name)).ino, isFolder: entry.isDirectory() },
        ]),
      ),
    );
  }
}

const template = inject('templateDirectory');

describe.skipIf(template === null)('the embedded database after a power failure', { timeout: 120_000 }, () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millrace-power-'));
    await cp(template!, directory, { recursive: true });
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function openData(dataDir: string, sync: boolean, disk?: Disk) {
    const database = await openEmbeddedDatabase(dataDir, { sync, flush: disk ? disk.flush : () => {} });
    const pool = new database.driver.Pool();
    const client = await new Promise<EmbeddedClient>((resolve, reject) =>
      pool.connect((error, connected) => (connected ? resolve(connected) : reject(error))),
    );
    return { query: (sql: string, params?: readonly unknown[]) => client.query(sql, params), close: database.close };
  }

  async function prepare(): Promise<Disk> {
    const first = await openData(directory, false);
    await first.query('CREATE TABLE answered (n integer PRIMARY KEY, text text)');
    await first.close();
    return new Disk(join(directory, 'postgres'));
  }

  async function survivors(image: string): Promise<number[]> {
    const after = await openData(image, true);
    const { rows } = await after.query('SELECT n FROM answered ORDER BY n');
    await after.query('INSERT INTO answered VALUES (-1, NULL)');
    await after.close();
    return rows.map(({ n }) => n as number);
  }

  test.each([
    ['nothing that was not flushed', () => false],
    ['every second file as it happens to be', (count: number) => count % 2 === 0],
  ])('has everything that was answered, when the disk keeps %s', async (_, keeps) => {
    const disk = await prepare();
    const database = await openData(directory, true, disk);
    const images: { image: string; answered: number }[] = [];
    for (let n = 1; n <= 45; n++) {
      await database.query('INSERT INTO answered VALUES ($1, $2)', [n, 'x'.repeat(n * 50)]);
      if (n === 20) await database.query('CREATE INDEX by_text ON answered (text)');
      if (n === 35) await database.query('CHECKPOINT');
      if (n % 15 !== 0) continue;
      const image = join(directory, `image-${n}`);
      mkdirSync(image);
      disk.cutPower(join(image, 'postgres'), keeps);
      images.push({ image, answered: n });
    }
    await database.close();
    for (const { image, answered } of images)
      expect(await survivors(image)).toEqual(Array.from({ length: answered }, (_value, index) => index + 1));
  });

  test('has lost what was answered, when flushing is switched off', async () => {
    const disk = await prepare();
    const database = await openData(directory, false, disk);
    await database.query('INSERT INTO answered VALUES (1, NULL)');
    const image = join(directory, 'image');
    mkdirSync(image);
    disk.cutPower(join(image, 'postgres'), () => false);
    await database.close();
    expect(await survivors(image)).toEqual([]);
  });
});
