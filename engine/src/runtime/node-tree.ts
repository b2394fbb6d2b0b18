import { keysOf } from './node-keys.js';
import type { ActivityNode } from './state.js';

type Nodes = ReadonlyMap<string, ActivityNode>;
/** By id, what stands instead of the node of the base; null where it is gone. */
export type NodeChanges = ReadonlyMap<string, ActivityNode | null>;

/** Fewer changes than this are always carried along. */
const FEW_CHANGES = 32;

const NONE: Nodes = new Map();

/**
 * The nodes of an instance, that never change: a base that many states share, and what has changed since. A command on
 * an instance with 10,000 activity instances copies the changes and not the instance.
 */
export class NodeTree implements ReadonlyMap<string, ActivityNode> {
  constructor(
    readonly base: Nodes,
    readonly changes: NodeChanges,
    readonly size: number,
  ) {}

  static of(nodes: Nodes): NodeTree {
    if (nodes instanceof NodeTree) return nodes;
    // an index wouldn't pay for a few
    return nodes.size <= FEW_CHANGES ? new NodeTree(NONE, nodes, nodes.size) : new NodeTree(nodes, NONE, nodes.size);
  }

  /** The tree after changes; they become a new base when there are many. The map must not be changed afterwards. */
  static after(base: Nodes, changes: NodeChanges, size: number): NodeTree {
    const tree = new NodeTree(base, changes, size);
    return changes.size <= Math.max(FEW_CHANGES, base.size / 10) ? tree : new NodeTree(new Map(tree), new Map(), size);
  }

  get(id: string): ActivityNode | undefined {
    const changed = this.changes.get(id);
    return changed === undefined ? this.base.get(id) : (changed ?? undefined);
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  values(): MapIterator<ActivityNode> {
    return nodesOf(this.base, this.changes);
  }

  *keys(): MapIterator<string> {
    for (const { id } of this.values()) yield id;
  }

  *entries(): MapIterator<[string, ActivityNode]> {
    for (const node of this.values()) yield [node.id, node];
  }

  [Symbol.iterator](): MapIterator<[string, ActivityNode]> {
    return this.entries();
  }

  forEach(visit: (node: ActivityNode, id: string, nodes: Nodes) => void): void {
    for (const node of this.values()) visit(node, node.id, this);
  }
}

/** Parents stand before their children, and children in the order of their creation. */
export function* nodesOf(base: Nodes, changes: NodeChanges): MapIterator<ActivityNode> {
  for (const node of base.values()) {
    const changed = changes.get(node.id);
    if (changed === undefined) yield node;
    else if (changed) yield changed;
  }
  for (const [id, node] of changes) if (node && !base.has(id)) yield node;
}

/** What is found in a base by something else than the node's id. */
export interface NodeIndex {
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** By the keys of `keysOf`; in the order of their creation. */
  readonly byKey: ReadonlyMap<string, readonly string[]>;
  /** By id, the place in the order of creation. */
  readonly places: ReadonlyMap<string, number>;
}

const indexes = new WeakMap<Nodes, NodeIndex>();

export function indexOf(base: Nodes): NodeIndex {
  const known = indexes.get(base);
  if (known) return known;
  const children = new Map<string, string[]>();
  const byKey = new Map<string, string[]>();
  const places = new Map<string, number>();
  for (const node of base.values()) {
    places.set(node.id, places.size);
    if (node.parentId !== null) push(children, node.parentId, node.id);
    for (const key of keysOf(node, () => pathIn(base, node))) push(byKey, key, node.id);
  }
  const index = { children, byKey, places };
  indexes.set(base, index);
  return index;
}

function push(lists: Map<string, string[]>, key: string, id: string): void {
  const list = lists.get(key);
  if (list) list.push(id);
  else lists.set(key, [id]);
}

function* pathIn(base: Nodes, from: ActivityNode): Iterable<ActivityNode> {
  for (let node: ActivityNode | undefined = from; node; node = base.get(node.parentId ?? '')) yield node;
}
