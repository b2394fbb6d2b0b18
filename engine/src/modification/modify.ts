import { suspended } from '../errors.js';
import type { Command } from '../runtime/commands.js';
import { endCancelledInstance } from '../runtime/instance-commands.js';
import { planModification, type Run } from '../runtime/run.js';
import { cancelActivity, cancelBy, cancelInstance } from './cancel.js';
import type { ModificationInstruction } from './instruction.js';
import { startToken } from './start-token.js';

/**
 * Moves tokens by hand. Scopes that are left without anything at work are cancelled at once, so it matters what comes
 * first: who cancels and then starts gets new scopes, who starts and then cancels keeps those that there are.
 * As in Camunda a suspended instance can be cancelled, in parts or as a whole, but nothing begins in it.
 * @throws SuspendedError
 */
export function modify(run: Run, command: Extract<Command, { kind: 'modify' }>): void {
  const { id, suspended: isSuspended } = run.state.header;
  if (isSuspended && command.instructions.some(({ type }) => type.startsWith('start'))) throw suspended(id);
  run.skipListeners = command.skipCustomListeners ?? false;
  run.skipIoMappings = command.skipIoMappings ?? false;
  planModification(run, command.instructions);
}

export function carryOut(run: Run, instruction: ModificationInstruction): void {
  switch (instruction.type) {
    case 'cancelInstance':
      cancelBy(run, () => cancelInstance(run, instruction.instanceId));
      return instruction.instanceId === run.state.header.id ? undefined : leaveSomething(run);
    case 'cancelActivity':
      cancelBy(run, () => cancelActivity(run, instruction.activityId));
      return leaveSomething(run);
    default:
      return startToken(run, instruction);
  }
}

/** As in Camunda a suspended instance doesn't end by its last activity, only when it's cancelled itself. */
function leaveSomething(run: Run): void {
  const { id, suspended: isSuspended } = run.state.header;
  if (isSuspended && !run.state.hasChildren(id)) throw suspended(id);
}

/** When everything was cancelled and nothing was begun instead, the instance is cancelled too. */
export function endModification(run: Run): void {
  const { id } = run.state.header;
  if (!run.state.has(id) || run.state.hasChildren(id) || run.hasTokenOnTheWay(id)) return;
  cancelBy(run, () => endCancelledInstance(run, 'EXTERNALLY_TERMINATED', 'Cancellation via API'));
}
