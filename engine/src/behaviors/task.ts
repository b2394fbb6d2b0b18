import type { Behavior } from './behavior.js';

/** An abstract task does nothing: the token passes through. Source: BPMN 2.0.2 §10.3.3, §13.3.3. */
export const task: Behavior<null> = {
  parse: () => null,
  activityType: () => 'task',
  enter: () => ({ kind: 'leave' }),
};
