import { BpmnErrorSignal, ExecutionError, InvalidCommandError, NotFoundError, suspended } from '../errors.js';
import { migrate } from '../migration/migrate.js';
import { restoreInstance } from '../migration/restore-instance.js';
import { carryOut, endModification, modify } from '../modification/modify.js';
import type { Environment } from '../ports.js';
import type { Command, CommandResult, Outcome } from './commands.js';
import { cancelTransaction, handlerEnded, leaveTransaction, runHandler, throwCompensation } from './compensation.js';
import { checkConditions, offerConditions } from './conditions.js';
import { throwError } from './error-propagation.js';
import { calledInstanceEscalated, throwEscalation } from './escalation.js';
import {
  completeExternalTask,
  failExternalTask,
  setExternalTaskRetries,
  throwExternalTaskError,
} from './external-tasks.js';
import * as instance from './instance-commands.js';
import { deleteJob, executeJob, failJob, recalculateJobDueDate, setJobDueDate, setJobRetries } from './jobs.js';
import { arrive, begin, complete, endInstance, enter, settle, take } from './lifecycle.js';
import { type Op, Run } from './run.js';
import { valuesOf } from './scope-variables.js';
import { startInstance } from './start-instance.js';
import type { ActivityNode, InstanceState } from './state.js';
import {
  addIdentityLink,
  completeTask,
  escalateTask,
  removeIdentityLink,
  setTaskVariables,
  throwTaskError,
  updateTask,
} from './tasks.js';

type Handlers = {
  readonly [K in Exclude<Command['kind'], 'start' | 'restore'>]: (
    run: Run,
    command: Extract<Command, { kind: K }>,
  ) => void;
};

const handlers: Handlers = {
  completeTask,
  updateTask,
  addIdentityLink,
  removeIdentityLink,
  throwTaskError,
  completeExternalTask,
  throwExternalTaskError,
  failExternalTask,
  setExternalTaskRetries,
  executeJob: (run, { jobId }) => executeJob(run, jobId),
  failJob: (run, { jobId, ...failure }) => failJob(run, jobId, failure),
  setJobRetries: (run, { jobId, retries, dueDate }) => setJobRetries(run, jobId, retries, dueDate),
  setJobDueDate: (run, { jobId, dueDate }) => setJobDueDate(run, jobId, dueDate),
  recalculateJobDueDate: (run, { jobId, creationDateBased }) => recalculateJobDueDate(run, jobId, creationDateBased),
  deleteJob: (run, { jobId }) => deleteJob(run, jobId),
  deliverMessage: instance.deliverMessage,
  deliverSignal: instance.deliverSignal,
  escalateTask,
  signalExecution: instance.signalExecution,
  setVariables: instance.changeVariables,
  setTaskVariables,
  setSuspended: instance.setSuspended,
  setBusinessKey: instance.setBusinessKey,
  deleteInstance: instance.deleteInstance,
  resolveIncident: instance.resolveIncident,
  migrate,
  modify,
  calledInstanceEnded: instance.calledInstanceEnded,
  calledInstanceThrewError: instance.calledInstanceThrewError,
  calledInstanceEscalated,
  calledInstanceDeleted: instance.calledInstanceDeleted,
  calledInstanceIncident: instance.calledInstanceIncident,
  calledInstanceIncidentResolved: instance.calledInstanceIncidentResolved,
};

/** Commands that move tokens by themselves: a suspended instance refuses them. */
const refusedWhenSuspended: ReadonlySet<Command['kind']> = new Set([
  'deliverMessage',
  'deliverSignal',
  'signalExecution',
]);

/**
 * Runs one command on one instance until nothing more can happen without the outside, and says what has to be
 * stored. Pure: the given state isn't changed, and nothing happens if the decision is thrown away.
 * @param state null for `start` only
 * @param instanceId of the instance; a new id for `start`
 * @throws NotFoundError, InvalidCommandError, SuspendedError, ExecutionError, EvaluationError; MissingResource asks for a reload
 */
export function execute(instanceId: string, state: InstanceState | null, command: Command, env: Environment): Outcome {
  if (command.kind === 'restore') return restoreInstance(known(instanceId, state), command);
  try {
    const run = begun(instanceId, state, command, env);
    for (let op = nextStep(run); op; op = nextStep(run)) step(run, op);
    return outcome(run);
  } catch (error) {
    if (!(error instanceof BpmnErrorSignal)) throw error;
    throw new ExecutionError(`Expected a BPMN error to be thrown where it can be caught, but: ${error.message}`, {
      errorCode: error.errorCode,
    });
  }
}

/** @throws NotFoundError */
function known(instanceId: string, state: InstanceState | null): InstanceState {
  if (state) return state;
  throw new NotFoundError(`Expected a process instance '${instanceId}', but there is none`, { instanceId });
}

type Decided = Exclude<Command, { kind: 'restore' }>;

function begun(instanceId: string, given: InstanceState | null, command: Decided, env: Environment): Run {
  if (command.kind === 'start') {
    if (given) throw new InvalidCommandError(`Expected a new process instance, but '${instanceId}' exists`);
    return startInstance(instanceId, command, env);
  }
  const state = known(instanceId, given);
  if (state.suspended && refusedWhenSuspended.has(command.kind)) throw suspended(instanceId);
  const run = new Run(state, env.model(state.definitionId), env);
  (handlers[command.kind] as (run: Run, command: Decided) => void)(run, command);
  return run;
}

/** Changed variables are looked at before anything else goes on. */
function nextStep(run: Run): Op | undefined {
  const changes = run.takeChanges();
  return changes.length > 0 ? { op: 'checkConditions', changes } : run.takeStep();
}

function step(run: Run, op: Op): void {
  switch (op.op) {
    case 'arrive':
      return arrive(run, op);
    case 'begin':
      return begin(run, op);
    case 'offerConditions':
      return offerConditions(run, op.nodeId);
    case 'enter':
      return enter(run, op);
    case 'complete':
      return complete(run, op);
    case 'take':
      return take(run, op);
    case 'modify':
      return carryOut(run, op.instruction);
    case 'endModification':
      return endModification(run);
    case 'settle':
      return settle(run, op);
    case 'throwError':
      return throwError(run, op);
    case 'escalate':
      return throwEscalation(run, op);
    case 'deliver':
      return instance.deliver(run, op);
    case 'compensate':
      return throwCompensation(run, op);
    case 'cancelTransaction':
      return cancelTransaction(run, op.nodeId);
    case 'runHandler':
      return runHandler(run, op);
    case 'handlerEnded':
      return handlerEnded(run, op.waitingId);
    case 'leaveTransaction':
      return leaveTransaction(run, op.nodeId);
    case 'checkConditions':
      return checkConditions(run, op.changes);
    case 'endInstance':
      return endInstance(run);
  }
}

function outcome(run: Run): Outcome {
  const { followUps, signals } = run;
  const changes = run.changes.list();
  if (run.endedWith)
    return { state: null, changes, followUps, signals, result: { variables: run.endedWith, ended: true } };
  const result = resultOf(run.state.root.variables);
  dropTransient(run);
  return { state: run.state.toState(), changes, followUps, signals, result };
}

/** Few callers want the variables: they are copied for whoever asks. */
function resultOf(variables: ActivityNode['variables']): CommandResult {
  return {
    get variables() {
      return valuesOf(variables);
    },
    ended: false,
  };
}

/** Transient variables end with the command. */
function dropTransient(run: Run): void {
  for (const id of run.transientAt) {
    const node = run.state.find(id);
    if (!node) continue;
    const kept = Object.entries(node.variables).filter(([, { transient }]) => !transient);
    if (kept.length < Object.keys(node.variables).length) run.state.edit(node.id).variables = Object.fromEntries(kept);
  }
}
