import type { Behavior } from './behavior.js';

/** Done by a person without the engine's knowledge: the token passes through. Source: BPMN 2.0.2 §10.3.3, §13.3.3. */
export const manualTask: Behavior<null> = {
  parse: () => null,
  activityType: () => 'manualTask',
  enter: () => ({ kind: 'leave' }),
};
