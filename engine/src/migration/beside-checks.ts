import type { Element } from '../model/process-model.js';
import { eventScopeOf } from './element-kinds.js';

/** Why one activity can't become several; a token must be able to begin at each of them. */
export function besideFailures(source: Element, target: Element, beside: readonly Element[] = []): string[] {
  if (beside.length === 0) return [];
  const failures: string[] = [];
  if (source.children.length > 0)
    failures.push(`Only an activity that waits itself can become several, but '${source.id}' contains others`);
  if (source.behavior.joins || isWaitedForElsewhere(source))
    failures.push(`'${source.id}' can't become several, because no token waits at it alone`);
  if (target.scope?.repeats)
    failures.push(`'${source.id}' can't become several, because '${target.id}' is repeated by '${target.scope.id}'`);
  const named = new Set([target]);
  for (const element of beside) {
    if (named.has(element)) failures.push(`Target activity '${element.id}' is named twice`);
    named.add(element);
    if (element.scope !== target.scope)
      failures.push(`Target activity '${element.id}' must be in the same scope as '${target.id}' to begin beside it`);
    else if (element.incoming.length === 0 || isWaitedForElsewhere(element))
      failures.push(`No token can begin at target activity '${element.id}'`);
  }
  return failures;
}

function isWaitedForElsewhere(element: Element): boolean {
  const scope = eventScopeOf(element);
  return scope !== null && scope !== element;
}
