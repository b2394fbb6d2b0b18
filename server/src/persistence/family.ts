import type { Change, InstanceState } from '@millrace/engine';
import type { TouchedInstance } from './committer.js';

interface Member {
  readonly before: InstanceState | null;
  readonly after: InstanceState | null;
  readonly touched: boolean;
}

/** A moment to come back to. */
export interface Mark {
  readonly members: ReadonlyMap<string, Member>;
  readonly changes: number;
}

/** The instances that one unit of work has to do with, as they are after the commands so far. */
export class Family {
  /** The change sets of the commands so far. */
  readonly changes: (readonly Change[])[] = [];
  private members = new Map<string, Member>();

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
    this.changes.push(changes);
  }

  mark(): Mark {
    return { members: new Map(this.members), changes: this.changes.length };
  }

  /** Forgets what was decided since then. */
  backTo({ members, changes }: Mark): void {
    this.members = new Map(members);
    this.changes.length = changes;
  }

  touched(): TouchedInstance[] {
    return [...this.members].flatMap(([id, { before, after, touched }]) => (touched ? [{ id, before, after }] : []));
  }
}
