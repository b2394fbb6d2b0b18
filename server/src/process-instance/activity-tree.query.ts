import { type ActivityNode, type InstanceState, isScope, type ProcessModel } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { Database } from '../persistence/database.js';
import { loadInstance } from '../persistence/instance-store.js';
import type { ActivityInstanceDto, TransitionInstanceDto } from './process-instance.dto.js';
import { noSuchInstance } from './process-instance.query.js';

/** Where an instance stands: its activity instances as a tree. */
@Injectable()
export class ActivityTreeQueries {
  constructor(
    private readonly database: Database,
    private readonly cache: DefinitionCache,
  ) {}

  /** @throws RestError (404) */
  async get(id: string): Promise<ActivityInstanceDto> {
    const state = await loadInstance(this.database, id);
    if (!state) throw noSuchInstance(id);
    return activityTree(state, await this.cache.model(state.definitionId));
  }
}

/** An activity instance's id is also the id of its execution; one that is about to start or has just ended is a transition. */
function activityTree(state: InstanceState, model: ProcessModel): ActivityInstanceDto {
  const children = shownChildren(state, model);

  /** A place inside a multi-instance body isn't shown itself: what is in it is, or a transition once that has ended. */
  const shownIn = (id: string): readonly ActivityNode[] =>
    (children.get(id) ?? []).flatMap((child) => {
      const inside = child.phase === 'token' ? shownIn(child.id) : [];
      return (inside.length > 0 ? inside : [child]).map((node) => ({ ...node, parentId: id }));
    });

  const activityOf = (node: ActivityNode): ActivityInstanceDto => {
    const inside = shownIn(node.id);
    const element = model.elements.get(node.elementId);
    const isRoot = node.parentId === null;
    const name = isRoot ? model.name : (element?.name ?? null);
    return {
      id: node.id,
      parentActivityInstanceId: node.parentId,
      activityId: isRoot ? state.definitionId : node.elementId,
      activityType: isRoot ? 'processDefinition' : (element?.activityType ?? 'unknown'),
      processInstanceId: state.id,
      processDefinitionId: state.definitionId,
      childActivityInstances: inside.filter((child) => !isTransition(child)).map(activityOf),
      childTransitionInstances: inside.filter(isTransition).map(transitionOf),
      executionIds: [node.id, ...betweenScopes(inside, model)],
      activityName: name,
      ...incidentsOf(node),
      name,
    };
  };

  const transitionOf = (node: ActivityNode): TransitionInstanceDto => {
    const element = model.elements.get(node.elementId);
    return {
      id: node.id,
      parentActivityInstanceId: node.parentId ?? state.id,
      processInstanceId: state.id,
      processDefinitionId: state.definitionId,
      activityId: node.elementId,
      activityName: element?.name ?? null,
      activityType: element?.activityType ?? 'unknown',
      executionId: node.id,
      ...incidentsOf(node),
      targetActivityId: node.elementId,
    };
  };

  const root = state.nodes.get(state.id);
  if (!root) throw new Error(`The tree of instance '${state.id}' has no root`);
  return activityOf(root);
}

/** By their parent. As in Camunda, the scopes of one activity that are undone for the same throw are shown as one. */
function shownChildren(state: InstanceState, model: ProcessModel): ReadonlyMap<string, readonly ActivityNode[]> {
  const children = new Map<string, ActivityNode[]>();
  const undone = new Map<string, string>();
  const shownAs = new Map<string, string>();
  for (const node of state.nodes.values()) {
    if (node.parentId === null) continue;
    const parentId = shownAs.get(node.parentId) ?? node.parentId;
    if (node.compensatedFor !== undefined && model.elements.get(node.elementId)?.children.length) {
      const key = `${node.compensatedFor} ${parentId} ${node.elementId}`;
      const shown = undone.get(key);
      if (shown !== undefined) {
        shownAs.set(node.id, shown);
        continue;
      }
      undone.set(key, node.id);
    }
    const siblings = children.get(parentId);
    if (siblings) siblings.push(node);
    else children.set(parentId, [node]);
  }
  return children;
}

/**
 * Camunda keeps one more execution, which belongs to the outer scope, for each of several tokens in it whose activity is
 * a scope itself. Here that has no id of its own: it's known by that of the activity's execution.
 */
function betweenScopes(inside: readonly ActivityNode[], model: ProcessModel): string[] {
  if (inside.length < 2) return [];
  return inside.flatMap((node) => {
    const element = model.elements.get(node.elementId);
    return !isTransition(node) && element && isScope(element) ? [node.id] : [];
  });
}

function isTransition({ phase }: ActivityNode): boolean {
  return phase === 'async-before' || phase === 'async-after' || phase === 'taking' || phase === 'token';
}

function incidentsOf({ incidents = [] }: ActivityNode) {
  return {
    incidentIds: incidents.map(({ id }) => id),
    incidents: incidents.map(({ id, elementId }) => ({ id, activityId: elementId })),
  };
}
