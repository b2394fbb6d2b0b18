import type { EventTrigger } from '../behaviors/behavior.js';
import type { ProcessModel } from '../model/process-model.js';

/** An event that isn't what it was in another version, element by element. */
export interface EventChange {
  readonly elementId: string;
  readonly kind: 'timer' | 'message' | 'signal' | 'conditional';
  /** What it waits for: a timer's text, a name, a condition; null where the version has no such event. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Timers, messages, signals and conditions that were added, removed or changed, in the order of their elements. */
export function eventChanges(source: ProcessModel, target: ProcessModel): EventChange[] {
  const before = eventsOf(source);
  const after = eventsOf(target);
  const changes: EventChange[] = [];
  for (const elementId of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(elementId), after.get(elementId)];
    if (was?.kind === is?.kind && was?.text === is?.text) continue;
    if (was && is && was.kind === is.kind) changes.push({ elementId, kind: is.kind, before: was.text, after: is.text });
    else {
      if (was) changes.push({ elementId, kind: was.kind, before: was.text, after: null });
      if (is) changes.push({ elementId, kind: is.kind, before: null, after: is.text });
    }
  }
  return changes;
}

interface WaitedFor {
  readonly kind: EventChange['kind'];
  readonly text: string;
}

function eventsOf(model: ProcessModel): ReadonlyMap<string, WaitedFor> {
  const events = new Map<string, WaitedFor>();
  for (const { id, behavior, config } of model.elements.values()) {
    const waitedFor = describe(behavior.trigger?.(config) ?? null);
    if (waitedFor) events.set(id, waitedFor);
  }
  return events;
}

function describe(trigger: EventTrigger | null): WaitedFor | null {
  switch (trigger?.kind) {
    case 'timer':
      return { kind: 'timer', text: `${trigger.timer.kind}: ${trigger.timer.expression.source}` };
    case 'message':
    case 'signal':
      return { kind: trigger.kind, text: trigger.name.source };
    case 'conditional':
      return { kind: 'conditional', text: trigger.source };
    default:
      return null; // thrown and caught at once: nobody waits
  }
}
