/** Something that has to have its turn at one or several keys at once. */
interface Entry<T> {
  readonly item: T;
  readonly keys: readonly string[];
}

/**
 * Who has the turn at which key: at any moment one group of items has it, the others wait in the order in which they
 * came. Items that need the same single key and wait one behind the other get their turn together.
 *
 * An item takes its place at all its keys at once, so nobody waits in a circle.
 */
export class Turns<T> {
  private readonly lines = new Map<string, Entry<T>[]>();

  /**
   * @param work done for a group when it has its turn; it must not throw
   * @param limit of items in one group
   */
  constructor(
    private readonly work: (items: readonly T[], keys: readonly string[]) => Promise<void>,
    private readonly limit: number,
  ) {}

  /** The keys are distinct. */
  enter(item: T, keys: readonly string[]): void {
    const entry: Entry<T> = { item, keys };
    for (const key of keys) {
      const line = this.lines.get(key);
      if (line) line.push(entry);
      else this.lines.set(key, [entry]);
    }
    if (keys.every((key) => this.lines.get(key)?.length === 1)) void this.run([entry]);
  }

  private async run(group: readonly Entry<T>[]): Promise<void> {
    const { keys } = group[0]!;
    try {
      await this.work(
        group.map(({ item }) => item),
        keys,
      );
    } finally {
      this.leave(group);
    }
  }

  /** The group stands at the head of its lines until it's done. */
  private leave(group: readonly Entry<T>[]): void {
    const heads = new Set<Entry<T>>();
    for (const key of group[0]!.keys) {
      const line = this.lines.get(key)!;
      line.splice(0, group.length);
      if (line.length === 0) this.lines.delete(key);
      else heads.add(line[0]!);
    }
    for (const head of heads)
      if (head.keys.every((key) => this.lines.get(key)?.[0] === head)) void this.run(this.groupBehind(head));
  }

  private groupBehind(head: Entry<T>): readonly Entry<T>[] {
    const [key, ...more] = head.keys;
    if (key === undefined || more.length > 0) return [head];
    const line = this.lines.get(key)!;
    let length = 1;
    while (length < line.length && length < this.limit && line[length]!.keys.length === 1) length++;
    return line.slice(0, length);
  }
}
