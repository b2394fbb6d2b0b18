import type { CanaryEntity } from '../persistence/entities/canary.js';

/** How the instances of a canary have fared. */
export interface CanaryFigures {
  readonly started: number;
  /** All that there were, those that are resolved among them. */
  readonly incidents: number;
  readonly instancesWithIncidents: number;
  /** Completed, and never had an incident. */
  readonly endedWell: number;
}

type Settings = Pick<CanaryEntity, 'maxIncidents' | 'maxIncidentPercent' | 'promoteAfterInstances' | 'promoteAt'>;

/** What is to become of a canary by itself; null while it goes on. Incidents count before everything else. */
export function verdictOn(
  { maxIncidents, maxIncidentPercent, promoteAfterInstances, promoteAt }: Settings,
  { started, incidents, instancesWithIncidents, endedWell }: CanaryFigures,
  now: Date,
): { readonly outcome: 'promoted' | 'stopped'; readonly reason: string } | null {
  const isShareExceeded = maxIncidentPercent === null || instancesWithIncidents * 100 > maxIncidentPercent * started;
  if (incidents > maxIncidents && isShareExceeded) {
    const share =
      maxIncidentPercent === null
        ? ''
        : ` and ${instancesWithIncidents} of ${started} instances with incidents, more than ${maxIncidentPercent} %`;
    return {
      outcome: 'stopped',
      reason: `${incidents} incident${incidents === 1 ? '' : 's'}, more than ${maxIncidents}${share}`,
    };
  }
  if (promoteAfterInstances !== null && endedWell >= promoteAfterInstances)
    return { outcome: 'promoted', reason: `${endedWell} instances have ended well` };
  // Time alone says nothing of a version that nobody has used.
  if (promoteAt !== null && promoteAt <= now && started > 0)
    return { outcome: 'promoted', reason: `its time is up, ${started} instances were started` };
  return null;
}
