import { InvalidCommandError } from '../errors.js';
import type { Element, ProcessModel } from '../model/process-model.js';
import type { Environment } from '../ports.js';
import type { StartInstance } from './commands.js';
import { runListeners } from './evaluation.js';
import { instanceStarted } from './history.js';
import { Run } from './run.js';
import { setVariablesLocal } from './scope-variables.js';
import { armAttachedEvents } from './waits.js';

/** Creates a process instance and sends its first token off. @throws InvalidCommandError when it can't start there */
export function startInstance(instanceId: string, command: StartInstance, env: Environment): Run {
  const model = env.model(command.definitionId);
  const start = startElement(model, command.startElementId);
  const now = env.now.getTime();
  const root = {
    id: instanceId,
    elementId: model.root.id,
    parentId: null,
    phase: 'active',
    startedAt: now,
    variables: {},
  } as const;
  const run = new Run(
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
      startedAt: now,
      startActivityId: start.id,
      startUserId: env.userId ?? null,
      revision: 0,
      nodes: new Map([[instanceId, root]]),
    },
    model,
    env,
  );
  instanceStarted(run);
  setVariablesLocal(run, instanceId, command.variables);
  armAttachedEvents(run, instanceId);
  runListeners(run, run.state.root, model.root.listeners, 'start');
  run.next({ op: 'arrive', element: start, scopeId: instanceId, flowId: null, hasHappened: true });
  return run;
}

function startElement(model: ProcessModel, id: string | undefined): Element {
  if (id === undefined) {
    if (model.initial) return model.initial;
    throw new InvalidCommandError(
      `Expected process '${model.key}' to have a none start event, but it has none, so it can only be started by its events`,
    );
  }
  const element = model.elements.get(id);
  if (element && model.root.startEvents.includes(element)) return element;
  throw new InvalidCommandError(`Expected a start event '${id}' in process '${model.key}', but there is none`);
}
