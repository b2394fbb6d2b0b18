import type { Command } from '../runtime/commands.js';
import { endCancelledInstance } from '../runtime/instance-commands.js';
import { planModification, type Run } from '../runtime/run.js';
import { cancelActivity, cancelInstance } from './cancel.js';
import type { ModificationInstruction } from './instruction.js';
import { startToken } from './start-token.js';

/**
 * Moves tokens by hand. Scopes that are left without anything at work are cancelled at once, so it matters what comes
 * first: who cancels and then starts gets new scopes, who starts and then cancels keeps those that there are.
 */
export function modify(run: Run, command: Extract<Command, { kind: 'modify' }>): void {
  run.skipListeners = command.skipCustomListeners ?? false;
  run.skipIoMappings = command.skipIoMappings ?? false;
  planModification(run, command.instructions);
}

export function carryOut(run: Run, instruction: ModificationInstruction): void {
  switch (instruction.type) {
    case 'cancelInstance':
      return cancelInstance(run, instruction.instanceId);
    case 'cancelActivity':
      return cancelActivity(run, instruction.activityId);
    default:
      return startToken(run, instruction);
  }
}

/** Nothing is left: the instance has come to its end, or everything in it was cancelled. */
export function endModification(run: Run): void {
  const { root } = run.state;
  if (run.state.hasChildren(root.id) || run.hasTokenOnTheWay(root.id)) return;
  if (run.endElementId === null) return endCancelledInstance(run, 'EXTERNALLY_TERMINATED', 'Cancellation via API');
  run.next({ op: 'settle', scopeId: root.id });
}
