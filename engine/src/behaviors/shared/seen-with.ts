import type { WritableVariables } from '../../ports.js';
import type { ActivityView } from '../behavior.js';

/** The same place, where some variables are read otherwise; scripts and expressions see it so as well. */
export function seenWith(view: ActivityView, reading: Partial<WritableVariables>): ActivityView {
  const seen = (variables: WritableVariables): WritableVariables => Object.assign(Object.create(variables), reading);
  return Object.create(view, {
    variables: { value: seen(view.variables) },
    executionVariables: { get: () => view.executionVariables && seen(view.executionVariables) },
  });
}
