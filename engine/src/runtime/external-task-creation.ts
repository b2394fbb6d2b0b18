import type { Wait } from '../behaviors/behavior.js';
import type { Run } from './run.js';
import { logExternalTask } from './work-log.js';

/** Makes an activity instance wait for a worker. @param modelled the extension properties of the model that the worker is told as well */
export function createExternalTask(
  run: Run,
  nodeId: string,
  { topic: topicName, priority, properties = {} }: Omit<Extract<Wait, { kind: 'externalTask' }>, 'kind'>,
  modelled = run.elementOf(run.state.node(nodeId)).extensionProperties,
): void {
  const node = run.state.edit(nodeId);
  const id = run.env.newId();
  node.externalTask = { id, topicName, priority };
  const { header } = run.state;
  run.changes.insert('externalTask', {
    id,
    topicName,
    priority,
    rootProcessInstanceId: header.rootProcessInstanceId,
    processInstanceId: header.id,
    processDefinitionId: header.definitionId,
    processDefinitionKey: header.definitionKey,
    tenantId: header.tenantId,
    elementId: node.elementId,
    activityInstanceId: nodeId,
    businessKey: header.businessKey,
    retries: null,
    errorMessage: null,
    errorDetails: null,
    suspended: header.suspended,
    createdAt: run.now,
    workerId: null,
    lockExpiresAt: null,
    extensionProperties: Object.keys(properties).length > 0 ? { ...modelled, ...properties } : modelled,
  });
  logExternalTask(run, node, node.externalTask, 'created');
}
