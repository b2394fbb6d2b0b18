import type { Wait } from '../behaviors/behavior.js';
import type { Element } from '../model/process-model.js';
import { viewOf } from '../runtime/evaluation.js';
import type { Run } from '../runtime/run.js';

/** What an activity instance would wait for if its work began now; nothing is begun. */
export function waitAt<K extends Wait['kind']>(
  run: Run,
  nodeId: string,
  target: Element,
  kind: K,
): Extract<Wait, { kind: K }> | null {
  const step = target.behavior.enter(target, viewOf(run, run.state.node(nodeId)));
  const waits = step.kind === 'wait' ? step.for : [];
  return waits.find((wait): wait is Extract<Wait, { kind: K }> => wait.kind === kind) ?? null;
}
