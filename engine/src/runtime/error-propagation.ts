import type { Element, ProcessModel } from '../model/process-model.js';
import type { Environment } from '../ports.js';
import { fireBoundaryEvent, fireEventSubProcess } from './events.js';
import { instanceEnded } from './history.js';
import { cancel, complete, end } from './lifecycle.js';
import type { Op, Run } from './run.js';
import { variablesAt } from './scope-variables.js';
import type { ActivityNode, InstanceState } from './state.js';

interface Catcher {
  /** The activity instance at whose border, or inside which, the error is caught. */
  readonly nodeId: string;
  readonly event: Element;
}

/**
 * A BPMN error looks for the innermost event that catches it: an event sub-process's start in each scope outwards, a
 * boundary event at its border, and so on through the calling instances. Nobody: the path ends, as in Camunda.
 * Source: BPMN 2.0.2 §10.5.1, §13.5.3.
 */
export function throwError(run: Run, { nodeId, errorCode, errorMessage }: Extract<Op, { op: 'throwError' }>): void {
  const catcher = findCatcher(run.state, nodeId, run.model, errorCode);
  if (catcher) return catchError(run, catcher, errorCode, errorMessage);
  if (isCaughtAbove(run.state.header, run.env, errorCode)) return endByError(run, errorCode, errorMessage);
  const { parentId } = run.state.node(nodeId);
  if (!run.ending.has(nodeId) || parentId === null) return complete(run, { op: 'complete', nodeId, flows: [] });
  end(run, nodeId, { canceled: false, completeScope: true });
  run.next({ op: 'settle', scopeId: parentId });
}

interface Path {
  pathToRoot(id: string): Iterable<ActivityNode>;
}

function findCatcher(state: Path, from: string, model: ProcessModel, errorCode: string): Catcher | null {
  const passed = new Set<string>();
  for (const node of state.pathToRoot(from)) {
    const element = model.elements.get(node.elementId);
    passed.add(node.elementId);
    if (!element || node.phase !== 'active') continue;
    const inside = element.eventSubProcesses
      .filter(({ id }) => !passed.has(id))
      .flatMap(({ startEvents }) => startEvents);
    const event = bestMatch(inside, errorCode) ?? bestMatch(element.boundaryEvents, errorCode);
    if (event) return { nodeId: node.id, event };
  }
  return null;
}

/** An event for this very code goes before one that catches all. */
function bestMatch(events: readonly Element[], errorCode: string): Element | null {
  const matches = events.flatMap((event) => {
    const trigger = event.behavior.trigger?.(event.config);
    const fits = trigger?.kind === 'error' && (trigger.errorCode === null || trigger.errorCode === errorCode);
    return fits ? [{ event, exact: trigger.errorCode !== null }] : [];
  });
  return (matches.find(({ exact }) => exact) ?? matches[0])?.event ?? null;
}

function catchError(run: Run, { nodeId, event }: Catcher, errorCode: string, errorMessage: string | null): void {
  const trigger = event.behavior.trigger?.(event.config);
  const variables = variablesAt(run, event.attachedTo ? (run.state.node(nodeId).parentId ?? nodeId) : nodeId);
  if (trigger?.kind === 'error') {
    if (trigger.codeVariable !== null) variables.set(trigger.codeVariable, { type: 'String', value: errorCode });
    if (trigger.messageVariable !== null)
      variables.set(
        trigger.messageVariable,
        errorMessage === null ? { type: 'Null', value: null } : { type: 'String', value: errorMessage },
      );
  }
  if (event.attachedTo) fireBoundaryEvent(run, nodeId, event);
  else fireEventSubProcess(run, nodeId, event);
}

/** Asks the calling instances, without changing them. */
function isCaughtAbove(
  {
    superProcessInstanceId,
    superActivityInstanceId,
  }: Pick<InstanceState, 'superProcessInstanceId' | 'superActivityInstanceId'>,
  env: Environment,
  errorCode: string,
): boolean {
  if (superProcessInstanceId === null || superActivityInstanceId === null) return false;
  const state = env.instance(superProcessInstanceId);
  const path: Path = { pathToRoot: (id) => pathIn(state, id) };
  if (findCatcher(path, superActivityInstanceId, env.model(state.definitionId), errorCode)) return true;
  return isCaughtAbove(state, env, errorCode);
}

function* pathIn(state: InstanceState, id: string): Iterable<ActivityNode> {
  for (let node = state.nodes.get(id); node; node = node.parentId === null ? undefined : state.nodes.get(node.parentId))
    yield node;
}

/** The whole instance is given up, and the error goes on at its call activity. */
function endByError(run: Run, errorCode: string, errorMessage: string | null): void {
  const { header } = run.state;
  const variables = Object.fromEntries(
    Object.entries(run.state.root.variables).map(([name, { id: _, ...value }]) => [name, value]),
  );
  for (const child of run.state.childrenOf(header.id).reverse()) cancel(run, child.id);
  end(run, header.id, { canceled: true, completeScope: false });
  instanceEnded(run, 'INTERNALLY_TERMINATED', null);
  run.agenda.length = 0;
  run.followUps.push({
    instanceId: header.superProcessInstanceId ?? '',
    command: {
      kind: 'calledInstanceThrewError',
      activityInstanceId: header.superActivityInstanceId ?? '',
      calledInstanceId: header.id,
      errorCode,
      errorMessage,
      variables,
    },
  });
}
