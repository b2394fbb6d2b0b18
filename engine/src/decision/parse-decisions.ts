// PLACEHOLDER so that the server can be started while the real file is being written; to be overwritten.
import { ParseError } from '../errors.js';
import type { Decision } from '../ports.js';

export interface DecisionModel {
  readonly key: string;
  readonly name: string | null;
  readonly versionTag: string | null;
  readonly historyTimeToLive: number | null;
  readonly decisionRequirementsKey: string | null;
  readonly decision: Decision;
}

export async function parseDecisions(_xml: string, resourceName: string): Promise<DecisionModel[]> {
  throw new ParseError(resourceName, [{ message: 'decisions are not there yet' }]);
}
