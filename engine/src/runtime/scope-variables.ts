import { InvalidCommandError } from '../errors.js';
import type { WritableVariables } from '../ports.js';
import { activityInstanceOf } from './history.js';
import type { ValueColumns } from './records.js';
import type { Run } from './run.js';
import type { ActivityNode, TaskState, VariableState } from './state.js';
import type { TypedValue, Variables } from './typed-value.js';
import { toColumns } from './value-columns.js';
import type { MutableNode } from './working-state.js';

/** The variables visible at an activity instance: its own, then those of each enclosing scope. */
export function variablesAt(run: Run, nodeId: string): WritableVariables {
  return new ScopeVariables(run, nodeId);
}

class ScopeVariables implements WritableVariables {
  constructor(
    private readonly run: Run,
    private readonly nodeId: string,
  ) {}

  get(name: string): TypedValue | undefined {
    const { state } = this.run;
    for (let node: ActivityNode | undefined = state.node(this.nodeId); node; node = state.parent(node))
      if (Object.hasOwn(node.variables, name)) return node.variables[name];
    return undefined;
  }

  names(): Set<string> {
    const names = new Set<string>();
    for (const node of this.run.state.pathToRoot(this.nodeId))
      for (const name of Object.keys(node.variables)) names.add(name);
    return names;
  }

  getLocal(name: string): TypedValue | undefined {
    return own(this.run.state.node(this.nodeId), name);
  }

  localNames(): string[] {
    return Object.keys(this.run.state.node(this.nodeId).variables);
  }

  set(name: string, value: TypedValue): void {
    setVariable(this.run, holderOf(this.run, this.nodeId, name), name, lasting(value));
  }

  setLocal(name: string, value: TypedValue): void {
    setVariable(this.run, this.nodeId, name, lasting(value));
  }

  remove(name: string): void {
    removeVariable(this.run, holderOf(this.run, this.nodeId, name), name);
  }

  removeLocal(name: string): void {
    removeVariable(this.run, this.nodeId, name);
  }
}

/** What the model computes from a transient variable is stored; only commands bring transient ones. */
function lasting(value: TypedValue): TypedValue {
  const { transient, ...stored } = value;
  return transient ? stored : value;
}

/** The scope that holds a variable, seen from a node; the process instance where nobody has it yet. */
function holderOf(run: Run, nodeId: string, name: string): string {
  for (const node of run.state.pathToRoot(nodeId)) if (Object.hasOwn(node.variables, name)) return node.id;
  return run.state.header.id;
}

/** Sets an input of an activity. The history shows those of a sub-process where it was entered, as Camunda's does. */
export function setInput(run: Run, nodeId: string, name: string, value: TypedValue): void {
  const node = run.state.node(nodeId);
  const isScope = run.elementOf(node).children.length > 0;
  setVariable(run, nodeId, name, lasting(value), isScope && node.parentId !== null ? node.parentId : nodeId);
}

export function setVariable(run: Run, scopeId: string, name: string, value: TypedValue, shownAt = scopeId): void {
  const node = run.state.edit(scopeId);
  if (run.model.hasConditions) run.variableChanged({ scopeId, name, event: own(node, name) ? 'update' : 'create' });
  const variable = storeVariable(run, own(node, name), name, value, scopeId, null, shownAt);
  writableVariables(run, node)[name] = variable;
}

function writableVariables(run: Run, node: MutableNode): Record<string, VariableState> {
  const variables = run.state.editPart(node.variables as Record<string, VariableState>, (shared) => ({ ...shared }));
  node.variables = variables;
  return variables;
}

/** Sets variables where they are visible from the node, else in the process instance. */
export function setVariables(run: Run, nodeId: string, variables: Variables | undefined): void {
  for (const [name, value] of Object.entries(variables ?? {}))
    setVariable(run, holderOf(run, nodeId, name), name, value);
}

export function setVariablesLocal(run: Run, scopeId: string, variables: Variables | undefined): void {
  for (const [name, value] of Object.entries(variables ?? {})) setVariable(run, scopeId, name, value);
}

export function removeVariable(run: Run, scopeId: string, name: string): void {
  const variable = own(run.state.node(scopeId), name);
  if (!variable) return;
  delete writableVariables(run, run.state.edit(scopeId))[name];
  if (run.model.hasConditions) run.variableChanged({ scopeId, name, event: 'delete' });
  forget(run, variable, 'DELETED');
}

/** A task's own variables, in front of those of its activity. */
export function taskVariablesAt(run: Run, node: ActivityNode, task: TaskState): WritableVariables {
  const outer = variablesAt(run, node.id);
  const current = () => run.state.node(node.id).task ?? task;
  const setLocal = (name: string, value: TypedValue) => setTaskVariable(run, node.id, name, value);
  return {
    get: (name) => ownOf(current().variables, name) ?? outer.get(name),
    names: () => new Set([...Object.keys(current().variables), ...outer.names()]),
    getLocal: (name) => ownOf(current().variables, name),
    localNames: () => Object.keys(current().variables),
    set: (name, value) => (ownOf(current().variables, name) ? setLocal(name, value) : outer.set(name, value)),
    setLocal,
    remove: (name) => (ownOf(current().variables, name) ? removeTaskVariable(run, node.id, name) : outer.remove(name)),
    removeLocal: (name) => removeTaskVariable(run, node.id, name),
  };
}

export function setTaskVariable(run: Run, nodeId: string, name: string, value: TypedValue): void {
  const node = run.state.edit(nodeId);
  if (!node.task) return;
  const variable = storeVariable(run, ownOf(node.task.variables, name), name, value, nodeId, node.task.id);
  node.task = { ...node.task, variables: { ...node.task.variables, [name]: variable } };
}

export function removeTaskVariable(run: Run, nodeId: string, name: string): void {
  const { task } = run.state.node(nodeId);
  const variable = task && ownOf(task.variables, name);
  if (!variable) return;
  const { [name]: _, ...variables } = task.variables;
  run.state.edit(nodeId).task = { ...task, variables };
  forget(run, variable, 'DELETED');
}

/** Drops the rows of variables whose scope is gone; the history keeps them. */
export function dropVariables(run: Run, variables: Readonly<Record<string, VariableState>>): void {
  for (const variable of Object.values(variables)) forget(run, variable, 'CREATED');
}

function storeVariable(
  run: Run,
  before: VariableState | undefined,
  name: string,
  value: TypedValue,
  scopeId: string,
  taskId: string | null,
  shownAt = scopeId,
): VariableState {
  const columns = toColumns(value);
  const stored = variableState(before?.id ?? run.env.newId(), value);
  if (value.transient) {
    run.transientAt.add(scopeId);
    if (!before || before.transient) return stored; // lives until the command ends
    throw new InvalidCommandError(`Expected a new name for a transient variable, but '${name}' is stored already`);
  }
  if (before && !before.transient) {
    run.changes.update('variable', before.id, columns);
    const moved = isInput(run, scopeId, name) ? { activityInstanceId: activityInstanceOf(run, shownAt) } : {};
    run.changes.update('historicVariable', before.id, { ...columns, ...moved });
    return stored;
  }
  insertVariable(run, stored.id, name, columns, scopeId, taskId);
  const shownHere = taskId === null ? activityInstanceOf(run, shownAt) : shownAt;
  insertHistoricVariable(run, stored.id, name, columns, shownHere, taskId);
  return stored;
}

/** Variables are what commands bring most: spreading objects instead costs several times as much. */
function variableState(id: string, typed: TypedValue): VariableState {
  const { type, value, valueInfo, transient } = typed;
  return valueInfo === undefined && transient === undefined ? { id, type, value } : { ...typed, id };
}

/** Both rows are written out though they share nearly all: one made of the other makes a start cost more than twice as much. */
function insertVariable(
  run: Run,
  id: string,
  name: string,
  { type, textValue, numberValue, valueInfo }: ValueColumns,
  activityInstanceId: string,
  taskId: string | null,
): void {
  const { header } = run.state;
  run.changes.insert('variable', {
    id,
    processInstanceId: header.id,
    tenantId: header.tenantId,
    type,
    textValue,
    numberValue,
    valueInfo,
    name,
    activityInstanceId,
    taskId,
  });
}

function insertHistoricVariable(
  run: Run,
  id: string,
  name: string,
  { type, textValue, numberValue, valueInfo }: ValueColumns,
  activityInstanceId: string,
  taskId: string | null,
): void {
  const { header } = run.state;
  run.changes.insert('historicVariable', {
    id,
    processInstanceId: header.id,
    tenantId: header.tenantId,
    type,
    textValue,
    numberValue,
    valueInfo,
    name,
    activityInstanceId,
    taskId,
    createdAt: run.now,
    state: 'CREATED',
  });
}

/** An input of a sub-process is shown inside of it, as in Camunda, once something in there has changed it. */
function isInput(run: Run, scopeId: string, name: string): boolean {
  const { inputs, children } = run.elementOf(run.state.node(scopeId));
  return children.length > 0 && inputs.some((input) => input.name === name);
}

/**
 * Copies a scope's variables for the time when it has ended, and may come back to be undone.
 * @param shownAt the activity instance at which the history shows the copies
 */
export function keepVariables(run: Run, { variables }: ActivityNode, shownAt: string): Record<string, VariableState> {
  const kept = Object.entries(variables).filter(([, { transient }]) => !transient);
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const copy = variableState(run.env.newId(), value);
      insertHistoricVariable(run, copy.id, name, toColumns(copy), shownAt, null);
      return [name, copy];
    }),
  );
}

/** Puts what was kept into the scope that has come back. */
export function restoreVariables(run: Run, scopeId: string, kept: Readonly<Record<string, VariableState>>): void {
  run.state.edit(scopeId).variables = kept;
  for (const [name, variable] of Object.entries(kept))
    insertVariable(run, variable.id, name, toColumns(variable), scopeId, null);
}

function forget(run: Run, variable: VariableState, state: 'CREATED' | 'DELETED'): void {
  if (variable.transient) return;
  run.changes.delete('variable', variable.id);
  if (state === 'DELETED') run.changes.update('historicVariable', variable.id, { state });
}

function own(node: ActivityNode, name: string): VariableState | undefined {
  return ownOf(node.variables, name);
}

function ownOf(variables: Readonly<Record<string, VariableState>>, name: string): VariableState | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/** A scope's own variables as plain values. */
export function valuesOf(variables: Readonly<Record<string, VariableState>>): Variables {
  return Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, typedValueOf(variable)]));
}

function typedValueOf(variable: VariableState): TypedValue {
  const { type, value, valueInfo, transient } = variable;
  if (valueInfo === undefined && transient === undefined) return { type, value };
  const { id: _, ...typed } = variable;
  return typed;
}
