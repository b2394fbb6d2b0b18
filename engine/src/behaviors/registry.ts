import { adHocSubProcess } from './ad-hoc-sub-process.js';
import type { Behavior } from './behavior.js';
import { boundaryEvent } from './boundary-event.js';
import { businessRuleTask } from './business-rule-task.js';
import { callActivity } from './call-activity.js';
import { endEvent } from './end-event.js';
import { eventBasedGateway } from './event-based-gateway.js';
import { exclusiveGateway } from './exclusive-gateway.js';
import { inclusiveGateway } from './inclusive-gateway.js';
import { intermediateCatchEvent } from './intermediate-catch-event.js';
import { intermediateThrowEvent } from './intermediate-throw-event.js';
import { loopBody } from './loop-body.js';
import { manualTask } from './manual-task.js';
import { multiInstanceBody } from './multi-instance-body.js';
import { parallelGateway } from './parallel-gateway.js';
import { receiveTask } from './receive-task.js';
import { scriptTask } from './script-task.js';
import { sendTask } from './send-task.js';
import { serviceTask } from './service-task.js';
import { startEvent } from './start-event.js';
import { subProcess } from './sub-process.js';
import { task } from './task.js';
import { transaction } from './transaction.js';
import { userTask } from './user-task.js';

/** The only dispatch table: BPMN type without prefix → behavior. What isn't here is refused at deployment. */
// biome-ignore lint/suspicious/noExplicitAny: each behavior has a configuration type of its own; only it reads what it wrote
export const behaviors: Readonly<Record<string, Behavior<any>>> = {
  adHocSubProcess,
  boundaryEvent,
  businessRuleTask,
  callActivity,
  endEvent,
  eventBasedGateway,
  exclusiveGateway,
  inclusiveGateway,
  intermediateCatchEvent,
  intermediateThrowEvent,
  manualTask,
  parallelGateway,
  receiveTask,
  scriptTask,
  sendTask,
  serviceTask,
  startEvent,
  subProcess,
  task,
  transaction,
  userTask,
};

/** By the type of the marker: the scope that is put around an activity to repeat it, and what its elements are called. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export const bodies: Readonly<Record<string, { readonly type: string; readonly behavior: Behavior<any> }>> = {
  multiInstanceLoopCharacteristics: { type: 'multiInstanceBody', behavior: multiInstanceBody },
  standardLoopCharacteristics: { type: 'loopBody', behavior: loopBody },
};
