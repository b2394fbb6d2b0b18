import { one, text } from '../model/moddle.js';
import type { Condition, Element } from '../model/process-model.js';
import type { ActivityView, Behavior, Step } from './behavior.js';

interface LoopConfig {
  /** The condition is looked at before the first turn too. */
  readonly testBefore: boolean;
  /** Another turn as long as it holds; null for always. */
  readonly condition: Condition | null;
  /** The most turns; null for any number. */
  readonly maximum: number | null;
}

/**
 * The scope around an activity with a standard loop marker: the activity is done again, one turn after the other, as
 * long as the condition holds. `loopCounter` counts the turns that have been done. Boundary events, flows and the
 * activity's asynchronous continuations belong to the loop, everything else to each turn.
 * Source: BPMN 2.0.2 §10.3.8, §13.3.6.
 */
export const loopBody: Behavior<LoopConfig> = {
  parse(loop, context) {
    const formal = one(loop, 'loopCondition');
    const maximum = text(loop, 'loopMaximum') === null ? null : Number(text(loop, 'loopMaximum'));
    const isBare = !formal && maximum === null;
    if (isBare)
      context.warn(loop, 'The loop has neither a loopCondition nor a loopMaximum, so the activity is done once');
    if (maximum !== null && !(Number.isInteger(maximum) && maximum >= 0))
      context.refuse(loop, `Expected the loopMaximum to be a whole number of at least 0, but it is '${maximum}'`);
    return {
      testBefore: loop.get('testBefore') === true,
      condition: formal && context.condition(loop, formal),
      maximum: isBare ? 1 : maximum,
    };
  },
  activityType: () => 'loopBody',
  data: () => ({ writes: ['loopCounter'] }),
  migratesAs: () => 'loopBody',
  instances: {
    first(_, view) {
      count(view, 0);
      return null;
    },
    another: () => null,
    removed: () => {},
  },
  enter(element, view) {
    const { testBefore, maximum } = element.config;
    count(view, 0);
    return maximum === 0 || (testBefore && !goesOn(element, view, 0)) ? { kind: 'leave' } : turn(element);
  },
  childEnded(element, view) {
    const done = Number(view.variables.getLocal('loopCounter')?.value) + 1;
    count(view, done);
    return goesOn(element, view, done) ? turn(element) : { kind: 'leave' };
  },
};

function goesOn({ config: { condition, maximum } }: Element<LoopConfig>, view: ActivityView, done: number): boolean {
  return (maximum === null || done < maximum) && (condition?.(view) ?? true);
}

function turn(element: Element): Step {
  return { kind: 'open', starts: element.repeats ? [element.repeats] : [] };
}

function count(view: ActivityView, done: number): void {
  view.variables.setLocal('loopCounter', { type: 'Integer', value: done });
}
