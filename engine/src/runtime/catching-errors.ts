import { BpmnErrorSignal } from '../errors.js';
import type { Run } from './run.js';

/** A BPMN error thrown by an expression or script is an outcome of the activity, not a failure. */
export function catchingErrors(run: Run, nodeId: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof BpmnErrorSignal)) throw error;
    run.next({ op: 'throwError', nodeId, errorCode: error.errorCode, errorMessage: error.errorMessage });
  }
}
