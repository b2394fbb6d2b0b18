import type { Command } from '../runtime/commands.js';
import { endCancelledInstance } from '../runtime/instance-commands.js';
import { planModification, type Run } from '../runtime/run.js';
import { cancelActivity, cancelBy, cancelInstance } from './cancel.js';
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
      return cancelBy(run, () => cancelInstance(run, instruction.instanceId));
    case 'cancelActivity':
      return cancelBy(run, () => cancelActivity(run, instruction.activityId));
    default:
      return startToken(run, instruction);
  }
}

/** When everything was cancelled and nothing was begun instead, the instance is cancelled too. */
export function endModification(run: Run): void {
  const { id } = run.state.header;
  if (!run.state.has(id) || run.state.hasChildren(id) || run.hasTokenOnTheWay(id)) return;
  cancelBy(run, () => endCancelledInstance(run, 'EXTERNALLY_TERMINATED', 'Cancellation via API'));
}
