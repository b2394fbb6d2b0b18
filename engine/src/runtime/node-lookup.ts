import { keysOf } from './node-keys.js';
import type { NodeIndex } from './node-tree.js';
import type { ActivityNode } from './state.js';

/** The nodes of a command's state, as the look-up needs them. */
interface Nodes {
  find(id: string): ActivityNode | undefined;
  pathToRoot(id: string): Iterable<ActivityNode>;
}

/**
 * Finds nodes by their keys while a command changes them: the index of the base, and one of its own for what has changed
 * since, which is brought up to date when somebody asks. So a question costs what has changed and what is found, however
 * many nodes there are.
 */
export class NodeLookup {
  private readonly byKey = new Map<string, Set<string>>();
  /** Of every node that has changed: its keys as they are in `byKey`; it counts instead of the base's. */
  private readonly known = new Map<string, readonly string[]>();
  private readonly order = new Map<string, number>();

  /**
   * @param base null where there is no base
   * @param touched the nodes that have changed since the last look; it takes them out
   */
  constructor(
    private readonly nodes: Nodes,
    private readonly base: NodeIndex | null,
    private readonly touched: Set<string>,
  ) {}

  /** In the order of their creation. */
  all(key: string): ActivityNode[] {
    this.update();
    const ids: string[] = [];
    for (const id of this.base?.byKey.get(key) ?? []) if (!this.known.has(id)) ids.push(id);
    const changed = this.byKey.get(key);
    if (changed && changed.size > 0) {
      ids.push(...changed);
      ids.sort((a, b) => this.place(a) - this.place(b));
    }
    return ids.flatMap((id) => this.nodes.find(id) ?? []);
  }

  count(key: string): number {
    this.update();
    let count = this.byKey.get(key)?.size ?? 0;
    for (const id of this.base?.byKey.get(key) ?? []) if (!this.known.has(id)) count++;
    return count;
  }

  has(key: string): boolean {
    this.update();
    if ((this.byKey.get(key)?.size ?? 0) > 0) return true;
    return this.base?.byKey.get(key)?.some((id) => !this.known.has(id)) ?? false;
  }

  private update(): void {
    for (const id of this.touched) {
      for (const key of this.known.get(id) ?? []) this.byKey.get(key)?.delete(id);
      const node = this.nodes.find(id);
      const keys = node ? keysOf(node, () => this.nodes.pathToRoot(id)) : [];
      for (const key of keys) {
        const ids = this.byKey.get(key);
        if (ids) ids.add(id);
        else this.byKey.set(key, new Set([id]));
      }
      this.known.set(id, keys);
      if (!this.order.has(id)) this.order.set(id, this.order.size);
    }
    this.touched.clear();
  }

  private place(id: string): number {
    const inBase = this.base?.places.get(id);
    return inBase ?? (this.base?.places.size ?? 0) + (this.order.get(id) ?? 0);
  }
}
