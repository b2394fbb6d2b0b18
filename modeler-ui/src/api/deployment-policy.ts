export type DeploymentPolicy = 'manual' | 'drain' | 'auto-compatible' | 'canary';

export interface PolicyChoice {
  policy: DeploymentPolicy;
  /** Of the new instances; of a canary only. */
  canaryPercent: number;
}

export const MANUAL: PolicyChoice = { policy: 'manual', canaryPercent: 10 };

/** The form fields that say it; none for what the server does anyway. */
export function policyFields({ policy, canaryPercent }: PolicyChoice): Record<string, string> {
  if (policy === 'manual') return {};
  return { 'deployment-policy': policy, ...(policy === 'canary' && { 'canary-percent': String(canaryPercent) }) };
}

export function isPossible({ policy, canaryPercent }: PolicyChoice): boolean {
  return policy !== 'canary' || (Number.isInteger(canaryPercent) && canaryPercent >= 1 && canaryPercent <= 99);
}
