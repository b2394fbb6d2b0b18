import type { Element, ProcessModel, SequenceFlow } from '../model/process-model.js';
import type { ModificationInstruction } from '../modification/instruction.js';
import type { DecisionResult, Environment } from '../ports.js';
import { ChangeRecorder } from './change-recorder.js';
import type { FollowUp, ThrownSignal } from './commands.js';
import type { ActivityNode, CompensationState, InstanceState } from './state.js';
import type { Variables } from './typed-value.js';
import { WorkingState } from './working-state.js';

/** One command at work: the state in the making, what has to be stored, and the steps still to take. */
export class Run {
  readonly state: WorkingState;
  readonly changes = new ChangeRecorder();
  readonly followUps: FollowUp[] = [];
  private readonly steps: Op[] = [];
  /** By scope: how many tokens are between two elements. */
  private readonly onTheWay = new Map<string, number>();
  /** By the node that waits for it: how many steps undo something. */
  private readonly undoing = new Map<string, number>();
  /** By activity instance: how many steps are for it or inside it; null until steps are many. */
  private stepsFor: Map<string, number> | null = null;
  /** Set when the instance has ended: its variables at that moment. */
  endedWith: Variables | null = null;
  /** Signals for everybody who waits for them in other instances, or starts by them. */
  readonly signals: ThrownSignal[] = [];
  private variableChanges: VariableChange[] = [];
  /** Where this command has set transient variables. */
  readonly transientAt = new Set<string>();
  /** By activity instance: what decisions have resulted in, for the listeners and outputs that follow in this command. */
  readonly decisionResults = new Map<string, DecisionResult>();
  skipListeners = false;
  skipIoMappings = false;
  /** Somebody deletes the instance; what it called is ended from outside as well, for the same reason. */
  endedFromOutside = false;
  deleteReason: string | null = null;
  /** Elements entered so far; an endless loop without a wait state shows by it. */
  entered = 0;
  /** Activity instances whose end has begun: an error thrown there can't make them end that way again. */
  readonly ending = new Set<string>();
  /** External tasks that their workers have completed by this command. */
  readonly completedTasks = new Set<string>();
  /** Activity instances that aren't told of changes yet: what is being set up there is looked at when all is in place. */
  readonly starting = new Set<string>();
  /** The last end event that was reached, for the history. */
  endElementId: string | null = null;

  constructor(
    state: InstanceState,
    /** Of the instance's definition; a migration changes both. */
    public model: ProcessModel,
    readonly env: Environment,
  ) {
    this.state = new WorkingState(state);
  }

  get now(): Date {
    return this.env.now;
  }

  /** The model's element of a node; the state and the model of its definition always fit. */
  elementOf(node: ActivityNode): Element {
    const element = this.model.elements.get(node.elementId);
    if (element) return element;
    throw new Error(`Element '${node.elementId}' of '${node.id}' is not in process '${this.model.key}'`);
  }

  /** Notes a change for the conditions that may hold now. */
  variableChanged(change: VariableChange): void {
    this.variableChanges.push(change);
  }

  takeChanges(): readonly VariableChange[] {
    const changes = this.variableChanges;
    if (changes.length > 0) this.variableChanges = [];
    return changes;
  }

  /** The steps to take, the next one last: depth first, in the order of the model. */
  get agenda(): readonly Op[] {
    return this.steps;
  }

  takeStep(): Op | undefined {
    const op = this.steps.pop();
    if (op) this.count(op, -1);
    return op;
  }

  /** Steps that happen one after the other, before everything that is on the agenda already. */
  next(...ops: Op[]): void {
    for (let i = ops.length - 1; i >= 0; i--) {
      this.steps.push(ops[i]!);
      this.count(ops[i]!, 1);
    }
  }

  /** A token is on its way inside a scope, between two elements. */
  hasTokenOnTheWay(scopeId: string): boolean {
    return this.onTheWay.has(scopeId);
  }

  /** Whether a step is still to be taken for any of these. Where steps are many they are counted, so that few ask all. */
  private hasStepFor(ids: ReadonlySet<string>): boolean {
    if (this.steps.length <= FEW_STEPS) return this.steps.length > 0;
    if (!this.stepsFor) {
      this.stepsFor = new Map();
      for (const op of this.steps) this.countFor(this.stepsFor, op, 1);
    }
    for (const id of ids) if (this.stepsFor.has(id)) return true;
    return false;
  }

  /** Forgets the steps still to take for activity instances, and the tokens on their way inside them. */
  dropSteps(ids: Iterable<string>): void {
    const gone = new Set(ids);
    if (!this.hasStepFor(gone)) return;
    const isKept = (op: Op) =>
      op.op === 'modify' || (!('nodeId' in op && gone.has(op.nodeId)) && !('scopeId' in op && gone.has(op.scopeId)));
    let kept = 0;
    for (const op of this.steps)
      if (isKept(op)) this.steps[kept++] = op;
      else this.count(op, -1);
    this.steps.length = kept;
  }

  dropAllSteps(): void {
    this.steps.length = 0;
    this.onTheWay.clear();
    this.undoing.clear();
    this.stepsFor = null;
  }

  /** Something that this node waits for is still to be undone. */
  hasUndoingToDo(waitingId: string): boolean {
    return this.undoing.has(waitingId);
  }

  private count(op: Op, by: 1 | -1): void {
    if (this.stepsFor) this.countFor(this.stepsFor, op, by);
    if (op.op === 'take' || op.op === 'arrive' || op.op === 'modify') countAt(this.onTheWay, op.scopeId, by);
    if (op.op === 'runHandler') countAt(this.undoing, op.waitingId, by);
    else if (op.op === 'arrive' && op.compensatedFor !== undefined) countAt(this.undoing, op.compensatedFor, by);
  }

  private countFor(counts: Map<string, number>, op: Op, by: 1 | -1): void {
    if ('nodeId' in op) countAt(counts, op.nodeId, by);
    if ('scopeId' in op) countAt(counts, op.scopeId, by);
  }
}

/** Fewer steps than these are quicker looked through than counted. */
const FEW_STEPS = 64;

function countAt(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

/** Puts the instructions on the agenda: each with all that follows from it, before the next one. */
export function planModification(run: Run, instructions: readonly ModificationInstruction[]): void {
  const scopeId = run.state.header.id;
  run.next(...instructions.map((instruction): Op => ({ op: 'modify', instruction, scopeId })), {
    op: 'endModification',
  });
}

/** One small step. The runtime takes them until none is left. */
export type Op =
  /** A token reaches an element. */
  | {
      readonly op: 'arrive';
      readonly element: Element;
      readonly scopeId: string;
      readonly flowId: string | null;
      readonly hasHappened?: boolean;
      readonly starts?: readonly Element[];
      /** It undoes something, and this node waits for it. */
      readonly compensatedFor?: string;
      /** Local ones, from the beginning. */
      readonly variables?: Variables;
    }
  /** The activity instance exists; it begins its work. */
  | {
      readonly op: 'begin';
      readonly nodeId: string;
      readonly hasHappened?: boolean;
      readonly starts?: readonly Element[];
    }
  /** The conditions that wait at the activity instance may hold already; then its work begins. */
  | { readonly op: 'offerConditions'; readonly nodeId: string }
  | {
      readonly op: 'enter';
      readonly nodeId: string;
      readonly hasHappened?: boolean;
      readonly starts?: readonly Element[];
    }
  /** The work is done; the token leaves by these flows, or by those whose condition holds. */
  | { readonly op: 'complete'; readonly nodeId: string; readonly flows?: readonly SequenceFlow[] }
  | { readonly op: 'take'; readonly flow: SequenceFlow; readonly scopeId: string; readonly variables?: Variables }
  /** Somebody moves tokens by hand; as long as there are instructions left, the process instance doesn't end. */
  | { readonly op: 'modify'; readonly instruction: ModificationInstruction; readonly scopeId: string }
  | { readonly op: 'endModification' }
  /** Something inside a scope has ended; if it was the last, the scope ends. */
  | { readonly op: 'settle'; readonly scopeId: string }
  | {
      readonly op: 'throwError';
      readonly nodeId: string;
      readonly errorCode: string;
      readonly errorMessage: string | null;
    }
  | {
      readonly op: 'escalate';
      readonly nodeId: string;
      readonly code: string /** Whether the path ends here; null: the activity goes on waiting. */;
      readonly ends: boolean | null;
    }
  /** An event reaches its subscription, if that is still there. */
  | { readonly op: 'deliver'; readonly subscriptionId: string; readonly variables: Variables }
  | { readonly op: 'compensate'; readonly nodeId: string; readonly activityId: string | null }
  | {
      readonly op: 'runHandler';
      readonly scopeId: string;
      readonly state: CompensationState;
      readonly waitingId: string;
    }
  /** Something that undoes has ended, or there was nothing to undo; this node may go on. */
  | { readonly op: 'handlerEnded'; readonly waitingId: string }
  | { readonly op: 'cancelTransaction'; readonly nodeId: string }
  | { readonly op: 'leaveTransaction'; readonly nodeId: string }
  | { readonly op: 'checkConditions'; readonly changes: readonly VariableChange[] }
  | { readonly op: 'endInstance' };

export interface VariableChange {
  readonly scopeId: string;
  readonly name: string;
  readonly event: 'create' | 'update' | 'delete';
}
