import { InvalidCommandError } from '../errors.js';
import type { Command, Outcome } from '../runtime/commands.js';
import { valuesOf } from '../runtime/scope-variables.js';
import type { InstanceState } from '../runtime/state.js';

/**
 * The instance stands where it stood before, with the rows that belong to that: no element is left or entered, no
 * listener runs.
 * @throws InvalidCommandError when it has moved on since
 */
export function restoreInstance(state: InstanceState, command: Extract<Command, { kind: 'restore' }>): Outcome {
  const { before, changes, revision } = command;
  if (state.id !== before.id)
    throw new InvalidCommandError(
      `Expected a former state of process instance '${state.id}', but it is of '${before.id}'`,
    );
  if (state.revision !== revision)
    throw new InvalidCommandError(
      `Process instance '${state.id}' cannot be put back: it has moved on since (revision ${state.revision} instead of ${revision})`,
    );
  const variables = valuesOf(before.nodes.get(before.id)?.variables ?? {});
  return {
    state: { ...before, revision: state.revision },
    changes,
    followUps: [],
    signals: [],
    result: { variables, ended: false },
  };
}
