import type { Element, ProcessModel, SequenceFlow } from '../model/process-model.js';
import type { ActivityNode, InstanceState } from '../runtime/state.js';
import { waysFrom } from './ways.js';

/** A gateway at which tokens wait, or would wait, for others that can't come any more. */
export interface DeadJoin {
  readonly elementId: string;
  /** Tokens that wait there already. */
  readonly waiting: number;
  /** Flows that no living token can reach. */
  readonly missingFlows: readonly string[];
}

/**
 * Joins that can't be completed from this state on. Conditions aren't evaluated, so what is listed is certain, and a join
 * that only a condition starves isn't listed.
 */
export function deadJoins(state: InstanceState, model: ProcessModel): readonly DeadJoin[] {
  const scopes = new Map<string, ActivityNode[]>();
  for (const node of state.nodes.values()) {
    if (node.parentId === null || node.phase === 'token') continue;
    const siblings = scopes.get(node.parentId);
    if (siblings) siblings.push(node);
    else scopes.set(node.parentId, [node]);
  }
  return [...scopes.values()].flatMap((tokens) => deadIn(tokens, model));
}

/** A join that stays closed may starve another one behind it, so it's looked at again until nothing new is found. */
function deadIn(tokens: readonly ActivityNode[], model: ProcessModel): DeadJoin[] {
  const dead = new Map<Element, DeadJoin>();
  for (let known = -1; known < dead.size; ) {
    known = dead.size;
    const blocked = new Set(dead.keys());
    for (const join of joinsAhead(tokens, model, blocked)) {
      const found = dead.has(join) ? null : starved(join, tokens, model, blocked);
      if (found) dead.set(join, found);
    }
  }
  return [...dead.values()];
}

function joinsAhead(tokens: readonly ActivityNode[], model: ProcessModel, blocked: ReadonlySet<Element>): Set<Element> {
  const ahead = new Set<Element>();
  for (const token of tokens) {
    const at = elementOf(token, model);
    if (at.behavior.joins && token.phase === 'joining') ahead.add(at);
    for (const element of waysFrom(token, at, blocked).elements) if (element.behavior.joins) ahead.add(element);
  }
  return ahead;
}

function starved(
  join: Element,
  tokens: readonly ActivityNode[],
  model: ProcessModel,
  blocked: ReadonlySet<Element>,
): DeadJoin | null {
  const isHere = (token: ActivityNode) => token.elementId === join.id && token.phase !== 'active';
  const waiting = tokens.filter((token) => token.elementId === join.id && token.phase === 'joining').length;
  const arriving = tokens.filter((token) => isHere(token) && token.phase === 'async-before').length;
  const through = new Set([...blocked, join]);
  const reachable = new Set<SequenceFlow>();
  for (const token of tokens.filter((each) => !isHere(each)))
    for (const flow of waysFrom(token, elementOf(token, model), through).flows)
      if (flow.target === join) reachable.add(flow);
  const missingFlows = join.incoming.filter((flow) => !reachable.has(flow)).map(({ id }) => id);
  const isDead =
    join.behavior.joins === 'all'
      ? waiting + arriving + reachable.size < join.incoming.length
      : // It looks when a token comes: without another one nobody opens it.
        waiting > 0 && arriving + reachable.size === 0;
  return isDead ? { elementId: join.id, waiting, missingFlows } : null;
}

function elementOf({ elementId }: ActivityNode, model: ProcessModel): Element {
  const element = model.elements.get(elementId);
  if (!element) throw new Error(`Expected '${elementId}' to be an element of '${model.key}'`);
  return element;
}
