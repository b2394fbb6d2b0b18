import type { Element } from '../model/process-model.js';
import type { StartInstance } from './commands.js';
import type {
  HistoricActivityInstanceRow,
  HistoricInstanceState,
  HistoricProcessInstanceRow,
  ValueColumns,
} from './records.js';
import type { Run } from './run.js';
import type { ActivityNode } from './state.js';
import type { Variables } from './typed-value.js';
import { toColumns } from './value-columns.js';

/** The columns that say to which instance a row belongs. */
export function ofInstance({ state: { header } }: Run) {
  return {
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
  };
}

/** The history knows activity instances: what a loop's token holds is shown at the body. */
export function activityInstanceOf(run: Run, nodeId: string): string {
  const node = run.state.node(nodeId);
  return node.phase === 'token' && node.parentId !== null ? node.parentId : nodeId;
}

export function instanceStarted(
  run: Run,
  command: Pick<StartInstance, 'variables' | 'restartedProcessInstanceId'>,
): void {
  const { header } = run.state;
  const row: HistoricProcessInstanceRow = {
    id: header.id,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    businessKey: header.businessKey,
    superProcessInstanceId: header.superProcessInstanceId,
    startedAt: run.now,
    endedAt: null,
    durationMs: null,
    startUserId: header.startUserId,
    startActivityId: header.startActivityId,
    endActivityId: null,
    deleteReason: null,
    state: 'ACTIVE',
    restartedProcessInstanceId: command.restartedProcessInstanceId ?? null,
    initialVariables: initialVariables(command.variables),
  };
  run.changes.insert('historicProcessInstance', row);
}

/** What a restart with the first variables begins with. */
function initialVariables(variables: Variables = {}): Record<string, ValueColumns> | null {
  const lasting = Object.entries(variables).filter(([, { transient }]) => !transient);
  if (lasting.length === 0) return null;
  return Object.fromEntries(lasting.map(([name, value]) => [name, toColumns(value)]));
}

export function instanceEnded(run: Run, state: HistoricInstanceState, deleteReason: string | null): void {
  run.changes.update('historicProcessInstance', run.state.header.id, {
    endedAt: run.now,
    durationMs: run.now.getTime() - run.state.header.startedAt,
    endActivityId: state === 'COMPLETED' ? run.endElementId : null,
    deleteReason,
    state,
  });
}

export function leavesHistory({ behavior, config }: Element): boolean {
  return !behavior.leavesNoHistory?.(config);
}

export function activityStarted(run: Run, node: ActivityNode, element: Element): void {
  if (!leavesHistory(element)) return;
  const { header } = run.state;
  const row: HistoricActivityInstanceRow = {
    id: node.id,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    elementId: element.id,
    elementName: element.name,
    elementType: element.activityType,
    parentActivityInstanceId: node.parentId === null ? null : activityInstanceOf(run, node.parentId),
    taskId: null,
    assignee: null,
    calledProcessInstanceId: null,
    startedAt: run.now,
    endedAt: null,
    durationMs: null,
    canceled: false,
    completeScope: false,
  };
  run.changes.insert('historicActivityInstance', row);
}

export function activityEnded(run: Run, node: ActivityNode, how: { canceled: boolean; completeScope: boolean }): void {
  if (!leavesHistory(run.elementOf(node))) return;
  run.changes.update('historicActivityInstance', node.id, {
    endedAt: run.now,
    durationMs: run.now.getTime() - node.startedAt,
    ...how,
  });
}
