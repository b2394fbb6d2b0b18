import { NotFoundError } from '../errors.js';
import { keysOf, nodeKeys } from './node-keys.js';
import { NodeLookup } from './node-lookup.js';
import { indexOf, type NodeIndex, NodeTree, nodesOf } from './node-tree.js';
import type { ActivityNode, InstanceState } from './state.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableNode = Mutable<ActivityNode>;
export type Header = Mutable<Omit<InstanceState, 'nodes' | 'revision'>>;

/** In a state of so few nodes looking at all of them costs less than an index. */
const FEW = 16;

/**
 * The state while a command works on it. Nodes are copied when they are first changed, so the state that the command
 * was given stays as it is.
 */
export class WorkingState {
  readonly header: Header;
  private readonly base: ReadonlyMap<string, ActivityNode>;
  private readonly changes: Map<string, ActivityNode | null>;
  private readonly own = new Set<string>();
  /** Parts of nodes that are copies of this command, so that it may write to them. */
  private readonly ownParts = new Set<object>();
  /** What the look-up, once there is one, doesn't know of yet. */
  private readonly touched = new Set<string>();
  private lookup: NodeLookup | null = null;
  /** By parent: the nodes that aren't in the base. */
  private readonly addedChildren = new Map<string, Set<string>>();
  private readonly revision: number;
  private size: number;
  private hasMoved = false;

  constructor(from: InstanceState) {
    const { base, changes, size } = NodeTree.of(from.nodes);
    this.header = headerOf(from);
    this.revision = from.revision;
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
    const key = nodeKeys.wait(waitId);
    // most commands ask for one wait that was there before: that needs no look at what has changed
    const inBase = this.base.size > 0 ? this.find(this.index.byKey.get(key)?.[0] ?? '') : undefined;
    if (inBase && keysOf(inBase, () => []).includes(key)) return inBase;
    return this.found.all(key)[0];
  }

  /** Those that wait for a signal, in the order of their creation. */
  listeningTo(signalName: string): ActivityNode[] {
    return this.found.all(nodeKeys.signal(signalName));
  }

  /** Those with conditional events, among a scope and everything inside it. */
  withConditionsInside(scopeId: string): ActivityNode[] {
    const few = this.chainFrom(scopeId);
    if (few)
      return few.filter(({ subscriptions }) => subscriptions?.some(({ eventType }) => eventType === 'conditional'));
    return this.found.all(nodeKeys.condition(scopeId));
  }

  /** Whether anything alive undoes its part for this node. */
  isAwaitingUndo(waitingId: string): boolean {
    return this.found.has(nodeKeys.undoing(waitingId));
  }

  /** How many tokens wait at a join. */
  joiningAt(scopeId: string | null, elementId: string): number {
    if (this.size > FEW) return this.found.count(nodeKeys.joining(scopeId, elementId));
    let count = 0;
    for (const node of this.all())
      if (node.phase === 'joining' && node.elementId === elementId && node.parentId === scopeId) count++;
    return count;
  }

  /** The node to write to. */
  edit(id: string): MutableNode {
    const node = this.node(id);
    this.touch(id);
    if (this.own.has(id)) return node as MutableNode;
    const copy = { ...node };
    this.changes.set(id, copy);
    this.own.add(id);
    return copy;
  }

  /**
   * The part of a node to write to: itself if this command made it, else a copy, which is to be set at the node. Many
   * changes of a scope with many variables copy them once.
   */
  editPart<T extends object>(part: T, copy: (part: T) => T): T {
    if (this.ownParts.has(part)) return part;
    const copied = copy(part);
    this.ownParts.add(copied);
    return copied;
  }

  add(node: ActivityNode): void {
    this.changes.set(node.id, node);
    this.own.add(node.id);
    this.size++;
    this.touch(node.id);
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
    this.touch(id);
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
    return { ...headerOf(this.header), revision: this.revision, nodes };
  }

  /** Parents before their children again, where nodes have been put into newer ones. */
  private inOrder(): ReadonlyMap<string, ActivityNode> {
    const nodes = [this.root];
    for (const { id } of nodes) nodes.push(...this.childrenOf(id));
    return new Map(nodes.map((node) => [node.id, node]));
  }

  private get found(): NodeLookup {
    if (this.lookup) return this.lookup;
    for (const id of this.changes.keys()) this.touched.add(id);
    this.lookup = new NodeLookup(this, this.base.size > 0 ? this.index : null, this.touched);
    return this.lookup;
  }

  private touch(id: string): void {
    if (this.lookup) this.touched.add(id);
  }

  private get index(): NodeIndex {
    return indexOf(this.base);
  }

  /** A node and what is inside it, where that is one in the other: mostly an activity by itself. Else null. */
  private chainFrom(id: string): ActivityNode[] | null {
    const chain = [this.node(id)];
    for (;;) {
      const [child, another] = this.childIds(chain.at(-1)!.id);
      if (another !== undefined) return null;
      if (child === undefined) return chain;
      chain.push(this.node(child));
    }
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

/** Written out: with a rest of the object it would cost several times as much, for each command. */
function headerOf(state: Omit<InstanceState, 'nodes' | 'revision'>): Header {
  return {
    id: state.id,
    rootProcessInstanceId: state.rootProcessInstanceId,
    superProcessInstanceId: state.superProcessInstanceId,
    superActivityInstanceId: state.superActivityInstanceId,
    definitionId: state.definitionId,
    definitionKey: state.definitionKey,
    businessKey: state.businessKey,
    tenantId: state.tenantId,
    suspended: state.suspended,
    startedAt: state.startedAt,
    startActivityId: state.startActivityId,
    startUserId: state.startUserId,
  };
}
