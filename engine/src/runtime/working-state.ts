import { NotFoundError } from '../errors.js';
import { indexOf, type NodeIndex, NodeTree, nodesOf, waitIds } from './node-tree.js';
import type { ActivityNode, InstanceState } from './state.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableNode = Mutable<ActivityNode>;
export type Header = Mutable<Omit<InstanceState, 'nodes' | 'revision'>>;

/**
 * The state while a command works on it. Nodes are copied when they are first changed, so the state that the command
 * was given stays as it is.
 */
export class WorkingState {
  readonly header: Header;
  private readonly base: ReadonlyMap<string, ActivityNode>;
  private readonly changes: Map<string, ActivityNode | null>;
  private readonly own = new Set<string>();
  /** By parent: the nodes that aren't in the base. */
  private readonly addedChildren = new Map<string, Set<string>>();
  private readonly revision: number;
  private size: number;
  private hasMoved = false;

  constructor(from: InstanceState) {
    const { nodes, revision, ...header } = from;
    const { base, changes, size } = NodeTree.of(nodes);
    this.header = header;
    this.revision = revision;
    this.base = base;
    this.changes = new Map(changes);
    this.size = size;
    for (const node of changes.values()) if (node) this.link(node);
  }

  get root(): ActivityNode {
    return this.node(this.header.id);
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  find(id: string): ActivityNode | undefined {
    const changed = this.changes.get(id);
    return changed === undefined ? this.base.get(id) : (changed ?? undefined);
  }

  /** @throws NotFoundError */
  node(id: string): ActivityNode {
    const node = this.find(id);
    if (node) return node;
    throw new NotFoundError(
      `Expected an activity instance '${id}' in process instance '${this.header.id}', but there is none`,
      { id },
    );
  }

  all(): IterableIterator<ActivityNode> {
    return nodesOf(this.base, this.changes);
  }

  /** The node that holds the task, external task, job or event subscription of this id. */
  waitingFor(waitId: string): ActivityNode | undefined {
    const inBase = this.base.size > 0 ? this.find(this.index.waiting.get(waitId) ?? '') : undefined;
    if (inBase && waitIds(inBase).includes(waitId)) return inBase;
    for (const node of this.changes.values()) if (node && waitIds(node).includes(waitId)) return node;
    return undefined;
  }

  /** The node to write to. */
  edit(id: string): MutableNode {
    const node = this.node(id);
    if (this.own.has(id)) return node as MutableNode;
    const copy = { ...node };
    this.changes.set(id, copy);
    this.own.add(id);
    return copy;
  }

  add(node: ActivityNode): void {
    this.changes.set(node.id, node);
    this.own.add(node.id);
    this.size++;
    this.link(node);
  }

  /** Puts a node into another one, with all that is inside it. */
  move(id: string, parentId: string): void {
    const node = this.edit(id);
    if (node.parentId !== null) this.addedChildren.get(node.parentId)?.delete(id);
    node.parentId = parentId;
    this.link(node);
    this.hasMoved = true;
  }

  remove(id: string): void {
    const { parentId } = this.node(id);
    if (this.base.has(id)) this.changes.set(id, null);
    else this.changes.delete(id);
    this.own.delete(id);
    this.size--;
    if (parentId !== null) this.addedChildren.get(parentId)?.delete(id);
  }

  /** In the order of their creation. */
  childrenOf(id: string): ActivityNode[] {
    const children: ActivityNode[] = [];
    for (const child of this.childIds(id)) children.push(this.node(child));
    return children;
  }

  hasChildren(id: string): boolean {
    if ((this.addedChildren.get(id)?.size ?? 0) > 0) return true;
    for (const _ of this.childIds(id)) return true;
    return false;
  }

  /** All nodes inside a node, the latest first, each after what is inside it. @param except isn't among them */
  inside(id: string, except: string | null = null): ActivityNode[] {
    const nodes: ActivityNode[] = [];
    for (const child of this.childrenOf(id).reverse())
      if (child.id !== except) {
        for (const inner of this.inside(child.id)) nodes.push(inner);
        nodes.push(child);
      }
    return nodes;
  }

  /** From the node outwards to the process instance, the node itself first. */
  *pathToRoot(id: string): IterableIterator<ActivityNode> {
    for (let node: ActivityNode | undefined = this.node(id); node; node = this.parent(node)) yield node;
  }

  toState(): InstanceState {
    const nodes = this.hasMoved ? this.inOrder() : NodeTree.after(this.base, this.changes, this.size);
    return { ...this.header, revision: this.revision, nodes };
  }

  /** Parents before their children again, where nodes have been put into newer ones. */
  private inOrder(): ReadonlyMap<string, ActivityNode> {
    const nodes = [this.root];
    for (const { id } of nodes) nodes.push(...this.childrenOf(id));
    return new Map(nodes.map((node) => [node.id, node]));
  }

  private get index(): NodeIndex {
    return indexOf(this.base);
  }

  private *childIds(id: string): IterableIterator<string> {
    if (this.base.size > 0)
      for (const child of this.index.children.get(id) ?? []) if (this.find(child)?.parentId === id) yield child;
    yield* this.addedChildren.get(id) ?? [];
  }

  parent(node: ActivityNode): ActivityNode | undefined {
    return node.parentId === null ? undefined : this.node(node.parentId);
  }

  private link({ id, parentId }: ActivityNode): void {
    if (parentId === null || this.base.get(id)?.parentId === parentId) return;
    const siblings = this.addedChildren.get(parentId);
    if (siblings) siblings.add(id);
    else this.addedChildren.set(parentId, new Set([id]));
  }
}
