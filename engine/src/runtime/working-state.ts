import { NotFoundError } from '../errors.js';
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
  private readonly nodes: Map<string, ActivityNode>;
  private readonly own = new Set<string>();
  private readonly children = new Map<string, Set<string>>();
  private readonly revision: number;

  constructor(from: InstanceState) {
    const { nodes, revision, ...header } = from;
    this.header = header;
    this.revision = revision;
    this.nodes = new Map(nodes);
    for (const node of nodes.values()) this.link(node);
  }

  get root(): ActivityNode {
    return this.node(this.header.id);
  }

  has(id: string): boolean {
    return this.nodes.has(id);
  }

  find(id: string): ActivityNode | undefined {
    return this.nodes.get(id);
  }

  /** @throws NotFoundError */
  node(id: string): ActivityNode {
    const node = this.nodes.get(id);
    if (node) return node;
    throw new NotFoundError(
      `Expected an activity instance '${id}' in process instance '${this.header.id}', but there is none`,
      { id },
    );
  }

  all(): IterableIterator<ActivityNode> {
    return this.nodes.values();
  }

  /** The node to write to. */
  edit(id: string): MutableNode {
    const node = this.node(id);
    if (this.own.has(id)) return node as MutableNode;
    const copy = { ...node };
    this.nodes.set(id, copy);
    this.own.add(id);
    return copy;
  }

  add(node: ActivityNode): void {
    this.nodes.set(node.id, node);
    this.own.add(node.id);
    this.link(node);
  }

  remove(id: string): void {
    const { parentId } = this.node(id);
    this.nodes.delete(id);
    this.own.delete(id);
    this.children.delete(id);
    if (parentId !== null) this.children.get(parentId)?.delete(id);
  }

  /** In the order of their creation. */
  childrenOf(id: string): ActivityNode[] {
    return [...(this.children.get(id) ?? [])].map((child) => this.node(child));
  }

  hasChildren(id: string): boolean {
    return (this.children.get(id)?.size ?? 0) > 0;
  }

  /** From the node outwards to the process instance, the node itself first. */
  *pathToRoot(id: string): IterableIterator<ActivityNode> {
    for (let node: ActivityNode | undefined = this.node(id); node; node = this.parent(node)) yield node;
  }

  toState(): InstanceState {
    return { ...this.header, revision: this.revision, nodes: this.nodes };
  }

  private parent(node: ActivityNode): ActivityNode | undefined {
    return node.parentId === null ? undefined : this.node(node.parentId);
  }

  private link({ id, parentId }: ActivityNode): void {
    if (parentId === null) return;
    const siblings = this.children.get(parentId);
    if (siblings) siblings.add(id);
    else this.children.set(parentId, new Set([id]));
  }
}
