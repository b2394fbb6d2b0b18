import { ExecutionError } from '../errors.js';
import type { Element } from '../model/process-model.js';
import { calledFacts } from './called-facts.js';
import { type Catcher, findCatcher, findCatcherAbove, type Matches } from './catchers.js';
import { cancelInside, end } from './ending.js';
import { fireBoundaryEvent, fireEventSubProcess, interruptionReason } from './events.js';
import { instanceEnded } from './history.js';
import { complete } from './lifecycle.js';
import type { Op, Run } from './run.js';
import { valuesOf, variablesAt } from './scope-variables.js';

/**
 * A BPMN error looks for the innermost event that catches it: an event sub-process's start in each scope outwards, a
 * boundary event at its border, and so on through the calling instances. Nobody: the path ends, as in Camunda.
 * Source: BPMN 2.0.2 §10.5.1, §13.5.3.
 */
export function throwError(run: Run, { nodeId, errorCode, errorMessage }: Extract<Op, { op: 'throwError' }>): void {
  const { parentId, phase } = run.state.node(nodeId);
  if (parentId === null && run.ending.has(nodeId))
    throw new ExecutionError(
      `Expected BPMN error '${errorCode}' to be thrown where it can be caught, but it comes from the end of the process itself`,
      { errorCode },
    );
  const catcher = findCatcher(run.state, nodeId, run.model, catches(errorCode));
  if (catcher) return catchError(run, catcher, errorCode, errorMessage);
  const above = findCatcherAbove(run.state.header, run.env, catches(errorCode));
  if (above) return endByError(run, above, nodeId, errorCode, errorMessage);
  if (phase === 'taking' && parentId !== null) {
    end(run, nodeId, null);
    return run.next({ op: 'settle', scopeId: parentId });
  }
  if (!run.ending.has(nodeId) || parentId === null) return complete(run, { op: 'complete', nodeId, flows: [] });
  end(run, nodeId, { canceled: false, completeScope: true });
  run.next({ op: 'settle', scopeId: parentId });
}

function catches(errorCode: string): Matches {
  return (trigger) => {
    if (trigger.kind !== 'error') return null;
    if (trigger.errorCode === null) return 'any';
    return trigger.errorCode === errorCode ? 'exact' : null;
  };
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

/** The whole instance is given up, and the error goes on at its call activity. */
function endByError(
  run: Run,
  { event }: Catcher,
  nodeId: string,
  errorCode: string,
  errorMessage: string | null,
): void {
  const { header } = run.state;
  const called = calledFacts(run, run.state.node(nodeId).elementId);
  const variables = valuesOf(run.state.root.variables);
  giveUp(run, event);
  run.followUps.push({
    instanceId: header.superProcessInstanceId ?? '',
    command: {
      kind: 'calledInstanceThrewError',
      activityInstanceId: header.superActivityInstanceId ?? '',
      calledInstanceId: header.id,
      errorCode,
      errorMessage,
      called,
      variables,
    },
  });
}

/** Ends the instance from inside, with everything that is still to do, because an instance above catches what it threw. */
export function giveUp(run: Run, caughtBy: Element): void {
  const { id } = run.state.header;
  run.deleteReason = interruptionReason(caughtBy);
  cancelInside(run, id);
  end(run, id, { canceled: true, completeScope: false });
  instanceEnded(run, 'INTERNALLY_TERMINATED', run.deleteReason);
  run.dropAllSteps();
}
