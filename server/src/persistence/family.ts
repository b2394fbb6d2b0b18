import type { Change, InstanceState } from '@millrace/engine';
import type { TouchedInstance } from './committer.js';

/** The instances that one unit of work has to do with, as they are after the commands so far. */
export class Family {
  readonly changes: Change[] = [];
  private readonly members = new Map<
    string,
    { before: InstanceState | null; after: InstanceState | null; touched: boolean }
  >();

  /** @param load where an instance comes from when it's asked for the first time */
  constructor(private readonly load: (id: string) => Promise<InstanceState | null>) {}

  /** Null when the instance has ended or never was. */
  async state(id: string): Promise<InstanceState | null> {
    const member = this.members.get(id);
    if (member) return member.after;
    const state = await this.load(id);
    if (state) this.members.set(id, { before: state, after: state, touched: false });
    return state;
  }

  /** Whether the instance was here and has ended in this unit of work. */
  hasEnded(id: string): boolean {
    return this.members.get(id)?.after === null;
  }

  /** Whether a command of this unit of work has been decided for it. */
  hasChanged(id: string): boolean {
    return this.members.get(id)?.touched ?? false;
  }

  loaded(id: string): InstanceState | null | undefined {
    return this.members.get(id)?.after;
  }

  decided(id: string, after: InstanceState | null, changes: readonly Change[]): void {
    this.members.set(id, { before: this.members.get(id)?.before ?? null, after, touched: true });
    for (const change of changes) this.changes.push(change);
  }

  touched(): TouchedInstance[] {
    return [...this.members].flatMap(([id, { before, after, touched }]) => (touched ? [{ id, before, after }] : []));
  }

  ids(): string[] {
    return [...this.members.keys()];
  }
}
