import { InvalidCommandError } from '../errors.js';
import type { VariableRow } from './records.js';
import type { ActivityNode, InstanceState, TaskState, VariableState } from './state.js';
import { fromColumns } from './value-columns.js';

/** An instance as it stands in its row: the tree without its variables, which are rows of their own. */
export interface StoredInstance extends Omit<InstanceState, 'nodes'> {
  readonly nodes: readonly StoredNode[];
}

type StoredNode = Omit<ActivityNode, 'variables' | 'task'> & { readonly task?: Omit<TaskState, 'variables'> };

/** Plain JSON of a state's tree, for the instance's row. Parents stand before their children. */
export function storeState(state: InstanceState): StoredInstance {
  const nodes = [...state.nodes.values()].map(({ variables: _, task, ...node }): StoredNode => {
    if (!task) return node;
    const { variables: __, ...rest } = task;
    return { ...node, task: rest };
  });
  return { ...state, nodes };
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
    const { task: _, ...rest } = node;
    nodes.set(node.id, { ...rest, variables: take(variables, node.id), ...(task && { task }) });
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
