import type { CanaryEntity } from '../persistence/entities/canary.js';

/** How the instances of a canary have fared. */
export interface CanaryFigures {
  readonly started: number;
  /** All that there were, those that are resolved among them. */
  readonly incidents: number;
  readonly instancesWithIncidents: number;
  /** They left no instance. */
  readonly failedStarts: number;
  /** Completed, and never had an incident. */
  readonly endedWell: number;
}

type Settings = Pick<CanaryEntity, 'maxIncidents' | 'maxIncidentPercent' | 'promoteAfterInstances' | 'promoteAt'>;

/** What is to become of a canary by itself; null while it goes on. Incidents count before everything else. */
export function verdictOn(
  { maxIncidents, maxIncidentPercent, promoteAfterInstances, promoteAt }: Settings,
  { started, incidents, instancesWithIncidents, failedStarts, endedWell }: CanaryFigures,
  now: Date,
): { readonly outcome: 'promoted' | 'stopped'; readonly reason: string } | null {
  const tried = started + failedStarts;
  const failed = instancesWithIncidents + failedStarts;
  const isShareExceeded = maxIncidentPercent === null || failed * 100 > maxIncidentPercent * tried;
  if (incidents + failedStarts > maxIncidents && isShareExceeded) {
    const share =
      maxIncidentPercent === null
        ? ''
        : ` and ${failed} of ${tried} instances with incidents, more than ${maxIncidentPercent} %`;
    const starts = failedStarts === 0 ? '' : ` and ${counted(failedStarts, 'failed start')}`;
    return {
      outcome: 'stopped',
      reason: `${counted(incidents, 'incident')}${starts}, more than ${maxIncidents}${share}`,
    };
  }
  if (promoteAfterInstances !== null && endedWell >= promoteAfterInstances)
    return { outcome: 'promoted', reason: `${endedWell} instances have ended well` };
  // Time alone says nothing of a version that nobody has used.
  if (promoteAt !== null && promoteAt <= now && started > 0)
    return { outcome: 'promoted', reason: `its time is up, ${started} instances were started` };
  return null;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
