import { InvalidCommandError } from '../errors.js';
import type { Element, ProcessModel } from '../model/process-model.js';
import type { ModificationInstruction } from '../modification/instruction.js';
import type { Environment } from '../ports.js';
import type { StartInstance } from './commands.js';
import { instanceStarted } from './history.js';
import { runListeners, runListenersAtOnce } from './listeners.js';
import { planModification, Run } from './run.js';
import { setVariablesLocal } from './scope-variables.js';
import { armAttachedEvents } from './waits.js';

/** Creates a process instance and sends its first token off. @throws InvalidCommandError when it can't start there */
export function startInstance(instanceId: string, command: StartInstance, env: Environment): Run {
  const model = env.model(command.definitionId);
  const { instructions } = command;
  const start = instructions ? null : startElement(model, command.startElementId);
  const run = newRun(instanceId, command, start?.id ?? firstActivity(instructions ?? []), env);
  run.skipListeners = command.skipCustomListeners ?? false;
  run.skipIoMappings = command.skipIoMappings ?? false;
  instanceStarted(run, command);
  setVariablesLocal(run, instanceId, command.variables);
  armAttachedEvents(run, instanceId);
  const { listeners } = run.model.root;
  if (!start) {
    runListenersAtOnce(run, run.state.root, listeners, 'start');
    planModification(run, instructions ?? []);
    if (run.model.hasConditions) run.next({ op: 'offerConditions', nodeId: instanceId });
    return run;
  }
  const then = { do: 'open', startId: start.id } as const;
  if (runListeners(run, run.state.root, listeners, 'start', then)) openProcess(run, start);
  return run;
}

function firstActivity([first]: readonly ModificationInstruction[]): string | null {
  return first && 'activityId' in first ? first.activityId : null;
}

/** Sends the first token off. */
export function openProcess(run: Run, start: Element): void {
  const { id } = run.state.header;
  run.next({ op: 'arrive', element: start, scopeId: id, flowId: null, hasHappened: true });
  if (run.model.hasConditions) run.next({ op: 'offerConditions', nodeId: id });
}

/** A run on an instance that is new and has nothing in it yet. */
export function newRun(
  instanceId: string,
  command: Omit<StartInstance, 'kind'>,
  startActivityId: string | null,
  env: Environment,
): Run {
  const model = env.model(command.definitionId);
  const startedAt = env.now.getTime();
  const root = {
    id: instanceId,
    elementId: model.root.id,
    parentId: null,
    phase: 'active',
    startedAt,
    variables: {},
  } as const;
  return new Run(
    {
      id: instanceId,
      rootProcessInstanceId: command.rootProcessInstanceId ?? instanceId,
      superProcessInstanceId: command.superProcessInstanceId ?? null,
      superActivityInstanceId: command.superActivityInstanceId ?? null,
      definitionId: command.definitionId,
      definitionKey: model.key,
      businessKey: command.businessKey,
      tenantId: command.tenantId,
      suspended: false,
      startedAt,
      startActivityId,
      startUserId: env.userId ?? null,
      revision: 0,
      nodes: new Map([[instanceId, root]]),
    },
    model,
    env,
  );
}

function startElement(model: ProcessModel, id: string | undefined): Element {
  if (id === undefined) {
    if (model.initial) return model.initial;
    throw new InvalidCommandError(
      `Expected process '${model.key}' to have a none or timer start event, or a single one, but it can only be started by its events`,
    );
  }
  const element = model.elements.get(id);
  if (element && model.root.startEvents.includes(element)) return element;
  throw new InvalidCommandError(`Expected a start event '${id}' in process '${model.key}', but there is none`);
}
