import { InvalidCommandError } from '../errors.js';
import type { VariableRow } from './records.js';
import type { ActivityNode, InstanceState, TaskState, VariableState } from './state.js';
import { fromColumns } from './value-columns.js';

/** An instance as it stands in its row: the tree without its variables, which are rows of their own. */
export interface StoredInstance extends Omit<InstanceState, 'nodes'> {
  readonly nodes: readonly StoredNode[];
}

/** Variables are set to undefined and so left out of the JSON; taking the property away would cost much more. */
type StoredNode = Omit<ActivityNode, 'variables' | 'task'> & {
  readonly variables?: undefined;
  readonly task?: Omit<TaskState, 'variables'> & { readonly variables?: undefined };
};

/** Plain JSON of a state's tree, for the instance's row. Parents stand before their children. */
export function storeState(state: InstanceState): StoredInstance {
  const nodes: StoredNode[] = [];
  for (const node of state.nodes.values()) nodes.push(storeNode(node));
  return { ...state, nodes };
}

function storeNode(node: ActivityNode): StoredNode {
  const { task } = node;
  if (!task) return { ...(node as Omit<ActivityNode, 'task'>), variables: undefined };
  return { ...node, variables: undefined, task: { ...task, variables: undefined } };
}

/**
 * The state that was stored, with its variables put back into their scopes.
 * @throws InvalidCommandError when a variable belongs to no activity instance of the tree
 */
export function restoreState(stored: StoredInstance, rows: readonly VariableRow[]): InstanceState {
  const variables = new Map<string, Record<string, VariableState>>();
  for (const row of rows) {
    const scope = row.taskId ?? row.activityInstanceId;
    const held = variables.get(scope) ?? {};
    held[row.name] = { id: row.id, ...fromColumns(row) };
    variables.set(scope, held);
  }
  const nodes = new Map<string, ActivityNode>();
  for (const node of stored.nodes) {
    const task = node.task && { ...node.task, variables: take(variables, node.task.id) };
    const restored = { ...node, variables: take(variables, node.id) };
    nodes.set(node.id, task ? { ...restored, task } : (restored as ActivityNode));
  }
  const [orphan] = variables.keys();
  if (orphan !== undefined)
    throw new InvalidCommandError(
      `Expected variables in scopes of instance '${stored.id}', but '${orphan}' is none of them`,
    );
  return { ...stored, nodes };
}

function take(variables: Map<string, Record<string, VariableState>>, scope: string): Record<string, VariableState> {
  const held = variables.get(scope) ?? {};
  variables.delete(scope);
  return held;
}
