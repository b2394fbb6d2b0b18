import { text } from '../model/moddle.js';
import type { Behavior } from './behavior.js';
import { subProcess } from './sub-process.js';

/**
 * A sub-process that can be given up by a cancel end event: what was done in it is undone, and it's left by its cancel
 * boundary event. Source: BPMN 2.0.2 §10.3.5.1, §13.5.7.
 */
export const transaction: Behavior<{ readonly triggeredByEvent: boolean }> = {
  ...subProcess,
  isTransaction: true,
  parse(source, context, place) {
    const method = text(source, 'method');
    if (method !== null && !/Compensate$/.test(method))
      context.refuse(source, `Expected the transaction's method to be ##Compensate, but it is '${method}'`);
    return subProcess.parse(source, context, place);
  },
  activityType: () => 'transaction',
};
