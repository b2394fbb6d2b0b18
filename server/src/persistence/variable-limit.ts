import { InvalidCommandError } from '@millrace/engine';
import type { Committer, UnitOfWorkResult } from './committer.js';

/** Refuses commands that would store a variable larger than allowed, wherever it comes from: clients, scripts, mappings. */
export class VariableLimit implements Committer {
  /** @param maxBytes of a value as UTF-8 */
  constructor(
    private readonly committer: Committer,
    private readonly maxBytes: number,
  ) {}

  get waiting(): number {
    return this.committer.waiting;
  }

  close(): Promise<void> {
    return this.committer.close();
  }

  /** @throws InvalidCommandError naming the variable, and what the committer behind it throws */
  async commit(unit: UnitOfWorkResult): Promise<void> {
    for (const change of unit.changes) {
      if (change.table !== 'variable' && change.table !== 'historicVariable') continue;
      const row = change.op === 'insert' ? change.row : change.op === 'update' ? change.set : {};
      const text = row.textValue ?? '';
      // A character has three bytes at most, so that short texts needn't be measured.
      if (text.length * 3 <= this.maxBytes || Buffer.byteLength(text) <= this.maxBytes) continue;
      const name = 'name' in row && row.name ? `variable '${row.name}'` : 'the value of a variable';
      throw new InvalidCommandError(
        `Expected ${name} to have at most ${this.maxBytes} bytes, but it has ${Buffer.byteLength(text)}; keep large data elsewhere and its address here, or set MAX_VARIABLE_MB`,
      );
    }
    await this.committer.commit(unit);
  }
}
