import type { EventTrigger } from '../behaviors/behavior.js';
import type { Element } from '../model/process-model.js';

/** Elements of one kind can take over each other's activity instances. */
export function kindOf(element: Element): string {
  const otherwise = hasTopic(element) ? 'externalTask' : `${element.type} ${element.activityType}`;
  return migrationKind(element) ?? otherwise;
}

/** Its activity instances can migrate while they are at work. */
export function canMigrateActive(element: Element): boolean {
  return hasTopic(element) || migrationKind(element) !== null;
}

export function hasTopic(element: Element): boolean {
  return element.behavior.topic?.(element) !== undefined;
}

function migrationKind({ behavior, config }: Element): string | null {
  return behavior.migratesAs?.(config) ?? null;
}

export function triggerOf(element: Element): EventTrigger | null {
  return element.behavior.trigger?.(element.config) ?? null;
}

/** Where an event is waited for: at the activity it is attached to, around its event sub-process, at the gateway before it, or at itself. */
export function eventScopeOf(element: Element): Element | null {
  if (element.attachedTo) return element.attachedTo;
  if (!triggerOf(element)) return null;
  if (startsEventSubProcess(element)) return element.scope?.scope ?? null;
  if (element.scope?.startEvents.includes(element)) return null;
  return element.incoming.find(({ source }) => source.behavior.awaitsNext)?.source ?? element;
}

export function startsEventSubProcess({ scope, id }: Element): boolean {
  return (
    scope?.scope?.eventSubProcesses.some(
      (each) => each === scope && each.startEvents.some((start) => start.id === id),
    ) ?? false
  );
}

/** Something is stored for it that waits: a subscription or a timer. */
export function isArmed(element: Element): boolean {
  const trigger = triggerOf(element);
  return trigger !== null && eventScopeOf(element) !== null && ARMED.has(trigger.kind);
}

/** It has something that can be taken from the target: what it waits for, or a task listener's timer. */
export function hasTrigger(element: Element): boolean {
  return isArmed(element) || (element.behavior.taskListeners?.(element) ?? []).some(({ timer }) => timer !== null);
}

const ARMED: ReadonlySet<EventTrigger['kind']> = new Set(['message', 'signal', 'timer', 'conditional']);

/** Every event that is waited for at an active instance of the element. */
export function armedAt(element: Element): Element[] {
  const attached = [...element.boundaryEvents, ...element.eventSubProcesses.flatMap(({ startEvents }) => startEvents)];
  const next = element.behavior.awaitsNext ? element.outgoing.map(({ target }) => target) : [];
  return [element, ...attached, ...next].filter((event) => isArmed(event) && eventScopeOf(event) === element);
}

/** Whether one element lies in another, at any depth. */
export function isInside(element: Element, outer: Element): boolean {
  for (let { scope } = element; scope; { scope } = scope) if (scope === outer) return true;
  return false;
}
