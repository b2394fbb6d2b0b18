import type { ResourceChange } from './resource-changes.js';
import type { OutcomeCounts, VersionOutlook } from './version-outlook.js';

/** What a deployment would do, before anything is stored. */
export interface DeploymentPlan {
  /** `broken`: something is or would be defective. `attention`: somebody should look at it first. */
  readonly verdict: 'clean' | 'attention' | 'broken';
  readonly counts: {
    readonly problems: { readonly broken: number; readonly attention: number; readonly info: number };
    readonly resources: {
      readonly new: number;
      readonly changed: number;
      readonly unchanged: number;
      readonly reused: number;
    };
    readonly definitions: number;
    readonly instances: OutcomeCounts & { readonly total: number };
  };
  readonly resources: readonly ResourceChange[];
  readonly definitions: readonly PlannedDefinition[];
  /** The deployed versions that have running instances. */
  readonly versions: readonly VersionPlan[];
  readonly problems: readonly PlanProblem[];
}

export interface PlannedDefinition {
  /** Stands for the id that it doesn't have yet. */
  readonly id: string;
  readonly kind: 'process' | 'decision';
  readonly key: string;
  readonly version: number;
  readonly versionTag: string | null;
  readonly resource: string;
  /** The version that is the newest now. */
  readonly replaces: string | null;
}

export interface VersionPlan extends VersionOutlook {
  readonly processDefinitionId: string;
  readonly key: string;
  readonly version: number;
  readonly versionTag: string | null;
  readonly elements: readonly (VersionOutlook['elements'][number] & { readonly elementName: string | null })[];
}

export interface PlanProblem {
  readonly level: 'broken' | 'attention' | 'info';
  readonly kind: 'model' | 'call' | 'instance' | 'policy' | 'topic' | 'worker' | 'event' | 'variable';
  readonly resource: string;
  readonly definitionKey: string | null;
  readonly elementId: string | null;
  readonly line: number | null;
  readonly message: string;
}
