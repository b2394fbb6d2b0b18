import type { Element } from './process-model.js';

/** What every element must keep to, so that it's clear what undoes what. Source: BPMN 2.0.2 §10.7. */
export function checkCompensation(element: Element, problem: (reason: string) => void): void {
  if (element.isForCompensation && element.incoming.length > 0)
    problem('Expected a compensation handler to have no incoming sequence flow');
  if (element.isForCompensation && element.outgoing.length > 0)
    problem('Expected a compensation handler to have no outgoing sequence flow');
  const start = element.eventSubProcesses.flatMap(({ startEvents }) => startEvents).find(isCompensationStart);
  if (start && element.compensationHandler)
    problem(
      `Expected '${element.id}' to be undone either by '${start.scope?.id}' or by a compensation boundary event, but it has both`,
    );
  if (isCompensationStart(element) && element.scope?.scope?.scope === null)
    problem('Expected a compensation start event inside a sub-process, since a process is never undone as a whole');
}

function isCompensationStart({ attachedTo, behavior, config }: Element): boolean {
  return !attachedTo && behavior.trigger?.(config)?.kind === 'compensation';
}
