import type { RefreshAspect } from '../api/migration.js';

/** An element of a model that instances can stand at. */
export interface FlowNode {
  /** The body of a multi-instance activity is one of its own: `review#multiInstanceBody`. */
  id: string;
  /** The element that stands for it in the diagram. */
  elementId: string;
  label: string;
  /** Instances can stay at it, as far as the model tells. */
  canWait: boolean;
  /** It waits for a timer, message, signal or condition. */
  hasTrigger: boolean;
  /** What it has of what can be refreshed. */
  aspects: ReadonlySet<RefreshAspect>;
}

const BODY = '#multiInstanceBody';
const EVENTS = /^(intermediateCatchEvent|intermediateThrowEvent|boundaryEvent|startEvent|endEvent)$/;
const NODES = /([tT]ask|[sS]ubProcess|callActivity|transaction|Gateway)$/;
const WAITED_FOR = new Set(['timer', 'message', 'signal', 'conditional'].map((kind) => `${kind}EventDefinition`));
const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';

/** The diagram's element for an activity id of a plan. */
export function elementIdOf(activityId: string): string {
  return activityId.endsWith(BODY) ? activityId.slice(0, -BODY.length) : activityId;
}

/** The flow nodes of a BPMN file, in its order. */
export function flowNodes(xml: string): FlowNode[] {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  return [...document.querySelectorAll('process [id]')]
    .filter(({ localName }) => EVENTS.test(localName) || NODES.test(localName))
    .flatMap((element) => {
      const node = toNode(element);
      if (childrenOf(element, 'multiInstanceLoopCharacteristics').length === 0) return [node];
      const body = { ...node, id: `${node.id}${BODY}`, label: `${node.label}, all together`, hasTrigger: false };
      return [{ ...body, aspects: new Set<RefreshAspect>() }, node];
    });
}

function toNode(element: Element): FlowNode {
  const triggers = triggersOf(element);
  const extensions = childrenOf(element, 'extensionElements');
  const inputs = extensions.flatMap((each) => [...each.getElementsByTagNameNS(CAMUNDA, 'inputParameter')]);
  const listeners = extensions.flatMap((each) => [...each.getElementsByTagNameNS(CAMUNDA, 'taskListener')]);
  const hasTimeout = listeners.some((listener) => listener.getAttribute('event') === 'timeout');
  const has = (name: string) => element.hasAttributeNS(CAMUNDA, name);
  const definitions = [...element.children].filter(({ localName }) => /EventDefinition$/.test(localName));
  const hasTopic = has('topic') || definitions.some((each) => each.hasAttributeNS(CAMUNDA, 'topic'));
  const hasTimer = triggers.includes('timerEventDefinition') || hasTimeout;
  const isAsync = ['asyncBefore', 'asyncAfter', 'async'].some(
    (name) => element.getAttributeNS(CAMUNDA, name) === 'true',
  );
  const isUserTask = element.localName === 'userTask';
  const waitsForMessage = triggers.some(
    (name) => name === 'messageEventDefinition' || name === 'signalEventDefinition',
  );
  const applies: Record<RefreshAspect, boolean> = {
    topic: hasTopic,
    retries: hasTopic || hasTimer || isAsync,
    inputMapping: inputs.length > 0,
    assignee: isUserTask,
    dueDate: isUserTask,
    timer: hasTimer,
    message: waitsForMessage,
    form: isUserTask,
  };
  const name = element.getAttribute('name')?.trim().replace(/\s+/g, ' ');
  return {
    id: element.id,
    elementId: element.id,
    label: name || element.id,
    canWait: hasTopic || isAsync || isWaiting(element),
    hasTrigger: triggers.length > 0 || hasTimeout,
    aspects: new Set((Object.keys(applies) as RefreshAspect[]).filter((aspect) => applies[aspect])),
  };
}

/** Not so what a token only passes: throwing events, exclusive gateways, and where a process begins or ends. */
function isWaiting({ localName, parentElement }: Element): boolean {
  if (localName === 'startEvent') return parentElement?.getAttribute('triggeredByEvent') === 'true';
  return !/^(intermediateThrowEvent|endEvent|exclusiveGateway|complexGateway)$/.test(localName);
}

/** The names of its event definitions that are waited for; a receive task has its message without one. */
function triggersOf(element: Element): string[] {
  if (element.localName === 'receiveTask') return element.hasAttribute('messageRef') ? ['messageEventDefinition'] : [];
  if (!/^(intermediateCatchEvent|boundaryEvent|startEvent)$/.test(element.localName)) return [];
  return [...element.children].map(({ localName }) => localName).filter((name) => WAITED_FOR.has(name));
}

function childrenOf(element: Element, localName: string): Element[] {
  return [...element.children].filter((child) => child.localName === localName);
}
