import { parseListenerWork } from '../../model/mappings.js';
import { extensions, type ModdleElement, many, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { JobDefinition, TaskListener } from '../../model/process-model.js';
import { timerConfiguration, timerDefinition } from './event-definition.js';

const events: readonly TaskListener['event'][] = ['create', 'assignment', 'update', 'complete', 'delete', 'timeout'];

/** The `camunda:taskListener`s of a user task, in their order. */
export function parseTaskListeners(task: ModdleElement, context: ParseContext): TaskListener[] {
  return extensions(task, 'camunda:TaskListener').flatMap((listener) => {
    const name = text(listener, 'event');
    const event = events.find((known) => known === name);
    if (!event) {
      context.refuse(
        task,
        `Expected a task listener for one of ${events.join(', ')}, but its event is '${name ?? ''}'`,
      );
      return [];
    }
    const id = text(listener, 'id');
    const work = parseListenerWork(task, listener, 'a task listener', context);
    const timer = event === 'timeout' ? parseTimeout(task, listener, context) : null;
    if (event === 'timeout' && id === null) context.refuse(task, 'Expected a task listener for timeout to have an id');
    if (event === 'delete' && work?.worker)
      context.warn(
        task,
        `The task listener '${work.worker.topic}' for delete is skipped: a task that is given up doesn't wait for a worker`,
      );
    return work ? [{ event, id, ...work, timer }] : [];
  });
}

function parseTimeout(task: ModdleElement, listener: ModdleElement, context: ParseContext) {
  const [definition] = many(listener, 'eventDefinitions');
  if (definition?.$type === 'bpmn:TimerEventDefinition') return timerDefinition(task, definition, context);
  context.refuse(task, 'Expected a task listener for timeout to have a timerEventDefinition');
  return null;
}

/** The jobs that the timers of task listeners become. */
export function timeoutJobDefinitions(elementId: string, listeners: readonly TaskListener[]): JobDefinition[] {
  return listeners.flatMap(({ timer }) =>
    timer ? [{ elementId, type: 'timer-task-listener', configuration: timerConfiguration(timer) } as const] : [],
  );
}
