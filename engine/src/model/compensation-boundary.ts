import type { Element } from './process-model.js';

/** The boundary event that connects an activity with what undoes it. */
export function compensationBoundary({ boundaryEvents }: Element): Element | undefined {
  return boundaryEvents.find(({ behavior, config }) => behavior.trigger?.(config)?.kind === 'compensation');
}
