import { parseListenerSource } from '../../model/mappings.js';
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
    const source = parseListenerSource(task, listener, 'task listener', context);
    const timer = event === 'timeout' ? parseTimeout(task, listener, context) : null;
    if (event === 'timeout' && id === null) context.refuse(task, 'Expected a task listener for timeout to have an id');
    return source ? [{ event, id, source, timer }] : [];
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
