import type { Command, InstanceState, TaskAttributes, TaskOperation } from '@millrace/engine';
import type { ChangedProperty, Operation } from './user-operations.js';

const TASK_OPERATIONS: Readonly<Record<TaskOperation, string>> = {
  claim: 'Claim',
  unclaim: 'Claim',
  assign: 'Assign',
  setOwner: 'SetOwner',
  delegate: 'Delegate',
  resolve: 'Resolve',
  update: 'Update',
};

/**
 * What the user operation log says of a command, in Camunda's words; null for what is a worker's or the engine's own doing.
 * @param before the instance as the command found it
 */
export function operationOf(command: Command, before: InstanceState | null, instanceId: string): Operation | null {
  const told = describe(command, before);
  if (told === null) return null;
  const of = before && {
    processDefinitionId: before.definitionId,
    processDefinitionKey: before.definitionKey,
    rootProcessInstanceId: before.rootProcessInstanceId,
    tenantId: before.tenantId,
  };
  return { ...of, processInstanceId: instanceId, ...told };
}

function describe(command: Command, before: InstanceState | null): Operation | null {
  switch (command.kind) {
    case 'start':
      return {
        operationType: 'Create',
        entityType: 'ProcessInstance',
        processDefinitionId: command.definitionId,
        tenantId: command.tenantId,
      };
    case 'deleteInstance':
      return { operationType: 'Delete', entityType: 'ProcessInstance', annotation: command.reason };
    case 'setSuspended': {
      const newValue = command.suspended ? 'suspended' : 'active';
      const operationType = command.suspended ? 'Suspend' : 'Activate';
      return { operationType, entityType: 'ProcessInstance', properties: [{ property: 'suspensionState', newValue }] };
    }
    case 'resolveIncident': {
      const properties = [{ property: 'incidentId', newValue: command.incidentId }];
      return { operationType: 'Resolve', entityType: 'ProcessInstance', properties };
    }
    case 'restore':
      return { operationType: 'UndoMigration', entityType: 'ProcessInstance' };
    case 'setVariables':
      return { operationType: variableOperation(command), entityType: 'Variable', executionId: command.scopeId };
    case 'setTaskVariables': {
      const { taskId } = command;
      return { operationType: variableOperation(command), entityType: 'Variable', category: 'TaskWorker', taskId };
    }
    case 'completeTask': {
      const properties = [{ property: 'delete', orgValue: 'false', newValue: 'true' }];
      return { operationType: 'Complete', entityType: 'Task', taskId: command.taskId, properties };
    }
    case 'updateTask': {
      const properties = changedAttributes(command.taskId, command.set, before);
      if (properties.length === 0) return null;
      return {
        operationType: TASK_OPERATIONS[command.operation],
        entityType: 'Task',
        taskId: command.taskId,
        properties,
      };
    }
    case 'addIdentityLink':
    case 'removeIdentityLink': {
      const verb = command.kind === 'addIdentityLink' ? 'Add' : 'Delete';
      const operationType = `${verb}${command.groupId === null ? 'User' : 'Group'}Link`;
      const properties = [{ property: command.type, newValue: command.userId ?? command.groupId }];
      return { operationType, entityType: 'IdentityLink', taskId: command.taskId, properties };
    }
    case 'setJobRetries': {
      const { jobId, retries } = command;
      const orgValue = text(jobOf(before, jobId)?.retries);
      const properties = [{ property: 'retries', orgValue, newValue: String(retries) }];
      return { operationType: 'SetJobRetries', entityType: 'Job', jobId, properties };
    }
    case 'setJobDueDate': {
      const { jobId, dueDate } = command;
      const properties = [
        { property: 'duedate', orgValue: text(jobOf(before, jobId)?.dueDate), newValue: text(dueDate) },
      ];
      return { operationType: 'SetDueDate', entityType: 'Job', jobId, properties };
    }
    case 'recalculateJobDueDate':
      return { operationType: 'RecalculateDueDate', entityType: 'Job', jobId: command.jobId };
    case 'deleteJob':
      return { operationType: 'Delete', entityType: 'Job', jobId: command.jobId };
    case 'setExternalTaskRetries': {
      const properties = [{ property: 'retries', newValue: String(command.retries) }];
      const { externalTaskId } = command;
      return { operationType: 'SetExternalTaskRetries', entityType: 'ExternalTask', externalTaskId, properties };
    }
    default:
      return null;
  }
}

function variableOperation({ set, remove }: { set?: object; remove?: readonly string[] }): string {
  const removes = (remove ?? []).length > 0;
  if (set && removes) return 'ModifyVariable';
  return removes ? 'RemoveVariable' : 'SetVariable';
}

function changedAttributes(taskId: string, set: TaskAttributes, before: InstanceState | null): ChangedProperty[] {
  const task = before && [...before.nodes.values()].find((node) => node.task?.id === taskId)?.task;
  return Object.entries(set).flatMap(([property, value]) => {
    const orgValue = text(task?.[property as keyof TaskAttributes]);
    const newValue = text(value);
    return orgValue === newValue ? [] : [{ property: camundaName(property), orgValue, newValue }];
  });
}

/** As Camunda calls the properties of its task entity. */
function camundaName(property: string): string {
  return property === 'delegationState' ? 'delegation' : property;
}

function jobOf(before: InstanceState | null, jobId: string) {
  return before && [...before.nodes.values()].flatMap(({ jobs }) => jobs ?? []).find(({ id }) => id === jobId);
}

/** Dates as milliseconds since the epoch, as Camunda writes them. */
function text(value: Date | string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return String(value instanceof Date ? value.getTime() : value);
}
