export const POLICIES = ['manual', 'drain', 'auto-compatible', 'canary'] as const;

/** What happens to running instances and to new ones when a new version of a process is deployed. */
export type DeploymentPolicy =
  /** Nothing is moved; new instances start at the new version. */
  | { readonly kind: 'manual' }
  /** The older versions take no new instances any more. */
  | { readonly kind: 'drain' }
  /** … and those of their instances for which the dry run is clean are migrated, as a batch. */
  | { readonly kind: 'auto-compatible' }
  /** The new version gets a share of the starts by key, and is watched. */
  | ({ readonly kind: 'canary' } & CanarySettings);

export interface CanarySettings {
  /** 1 to 99. */
  readonly percent: number;
  /** One more stops it. */
  readonly maxIncidents: number;
  /** … if a greater share of its instances than this has had incidents; null to look at their number alone. */
  readonly maxIncidentPercent: number | null;
  /** When it's promoted by itself: so many instances have ended well, or so much time (ISO 8601) has gone by; null for never. */
  readonly promoteAfter: { readonly instances: number } | { readonly duration: string } | null;
}
