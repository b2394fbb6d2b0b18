import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireFileLock, type FileLock } from './file-lock.js';

/** What happened on one delivery of an external task. Exactly one record is written per delivery that came to an end. */
export interface JournalRecord {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly worker: string;
  readonly workerVersion: string | null;
  readonly externalTaskId: string;
  readonly processInstanceId: string;
  readonly businessKey: string | null;
  /** What must happen only once: at most one `done` record has it. */
  readonly idempotencyKey: string;
  /** Counts the deliveries with this idempotency key from 1. */
  readonly attempt: number;
  /**
   * `done`: the work was done, by this record. `duplicate`: it was done before, and the answer came from that record.
   * `failed`: a technical failure, to be tried again. `bpmnError`: a business error that the process handles.
   */
  readonly outcome: 'done' | 'duplicate' | 'failed' | 'bpmnError';
  /** With `done`: what the worker answers, as JSON. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** With `failed` and `bpmnError`. */
  readonly reason?: string;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A worker's memory: a file of JSON lines that only grows. A record is on the disk (fsync) before `append` resolves.
 * One process at a time may have it open; a lock file next to it sees to that.
 */
export class Journal {
  private readonly done = new Map<string, JournalRecord>();
  private readonly attempts = new Map<string, number>();
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | undefined;
  private broken: Error | undefined;

  private constructor(
    private readonly file: FileHandle,
    private readonly lock: FileLock,
    /** Bytes of whole records. */
    private size: number,
    records: readonly JournalRecord[],
  ) {
    for (const record of records) this.remember(record);
  }

  /**
   * Opens or creates `<directory>/<name>.jsonl`. A last line without its end was never acknowledged and is cut off.
   * @throws Error when another process has the journal open, or when a whole line isn't a record
   */
  static async open(directory: string, name: string): Promise<Journal> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, `${name}.jsonl`);
    const lock = await acquireFileLock(`${path}.lock`);
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'a');
      const bytes = await readFile(path);
      const size = bytes.lastIndexOf(0x0a) + 1;
      if (size < bytes.length) {
        await file.truncate(size);
        await file.sync();
      }
      await syncDirectory(directory);
      return new Journal(file, lock, size, parseLines(path, bytes.subarray(0, size).toString('utf8')));
    } catch (error) {
      await file?.close();
      await lock.release();
      throw error;
    }
  }

  /** The record under which this was done. */
  findDone(idempotencyKey: string): JournalRecord | undefined {
    return this.done.get(idempotencyKey);
  }

  /** How many deliveries with this key have been recorded. */
  countAttempts(idempotencyKey: string): number {
    return this.attempts.get(idempotencyKey) ?? 0;
  }

  /** Resolves when the record is on the disk. Records appended at the same time share one write and one fsync. */
  append(record: JournalRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ record, line: `${JSON.stringify(record)}\n`, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.file.close();
    await this.lock.release();
  }

  private async flush(): Promise<void> {
    await Promise.resolve(); // what is appended in the same turn goes along
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.write(batch.map(({ line }) => line).join(''));
      } catch (error) {
        for (const { reject } of batch) reject(error as Error);
        continue;
      }
      for (const { record, resolve } of batch) {
        this.remember(record);
        resolve();
      }
    }
    this.flushing = undefined;
  }

  private async write(text: string): Promise<void> {
    if (this.broken) throw this.broken;
    const bytes = Buffer.from(text, 'utf8');
    try {
      await this.file.appendFile(bytes);
      await this.file.datasync();
      this.size += bytes.length;
    } catch (error) {
      // A full disk may have taken half a record; the next one must not be glued to it.
      await this.file.truncate(this.size).catch((cause: unknown) => {
        this.broken = new Error('The journal could not be put right after a failed write', { cause });
      });
      throw error;
    }
  }

  private remember(record: JournalRecord): void {
    const { idempotencyKey } = record;
    this.attempts.set(idempotencyKey, this.countAttempts(idempotencyKey) + 1);
    if (record.outcome === 'done') this.done.set(idempotencyKey, record);
  }
}

/**
 * All whole records of a journal, in order, for audits; works while its worker is running. A last line without its end is
 * left out; a journal that doesn't exist has no records. @throws Error naming file and line when a line isn't a record
 */
export async function readJournal(directory: string, name: string): Promise<JournalRecord[]> {
  const path = join(directory, `${name}.jsonl`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return parseLines(path, text.slice(0, text.lastIndexOf('\n') + 1));
}

function parseLines(path: string, text: string): JournalRecord[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      try {
        const record = JSON.parse(line) as JournalRecord | null;
        if (typeof record?.idempotencyKey !== 'string') throw new TypeError('it has no idempotencyKey');
        return record;
      } catch (error) {
        throw new Error(`Line ${index + 1} of ${path} is not a record: ${(error as Error).message}`, { cause: error });
      }
    });
}

/** A new file survives a power failure only when its directory is synced too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
