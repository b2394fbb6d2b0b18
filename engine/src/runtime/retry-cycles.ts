import { EvaluationError } from '../errors.js';
import type { Element } from '../model/process-model.js';
import { parseRetryCycle, type RetryCycle } from '../time/retry-cycle.js';
import { viewOf } from './evaluation.js';
import type { Run } from './run.js';
import type { ActivityNode } from './state.js';

/** As the model says; a cycle that can't be evaluated or read leaves the default, else the failure could never be noted. */
export function retryCycleOf(run: Run, node: ActivityNode, { retryCycle }: Element): RetryCycle | null {
  try {
    const value = retryCycle?.evaluate(viewOf(run, node));
    return typeof value === 'string' ? parseRetryCycle(value) : null;
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}
