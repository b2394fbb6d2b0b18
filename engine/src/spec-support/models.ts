import type { ParseError } from '../errors.js';
import { createScriptHost } from '../expression/javascript-host.js';
import { type ParsedBpmn, parseBpmn } from '../model/parse-bpmn.js';
import { type ProcessTest, processTest } from '../testing/index.js';

/** A BPMN document around its root elements. BPMN is the default namespace, so that models stay short. */
export function definitions(...rootElements: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="specs">
${rootElements.join('\n')}
</definitions>`;
}

/** An executable process around its flow elements. */
export function process(id: string, ...flowElements: readonly string[]): string {
  return `<process id="${id}" isExecutable="true">\n${flowElements.join('\n')}\n</process>`;
}

/** An embedded sub-process around its flow elements. */
export function subProcess(id: string, ...flowElements: readonly string[]): string {
  return `<subProcess id="${id}">\n${flowElements.join('\n')}\n</subProcess>`;
}

export function eventSubProcess(id: string, ...flowElements: readonly string[]): string {
  return `<subProcess id="${id}" triggeredByEvent="true">\n${flowElements.join('\n')}\n</subProcess>`;
}

/** A sequence flow, named `<from>-<to>`. */
export function flow(from: string, to: string, condition?: string): string {
  const body =
    condition === undefined
      ? ''
      : `<conditionExpression xsi:type="tFormalExpression">${escapeXml(condition)}</conditionExpression>`;
  return `<sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${body}</sequenceFlow>`;
}

/** Sequence flows from each element to the next. */
export function path(...ids: readonly string[]): string {
  return ids
    .slice(1)
    .map((to, index) => flow(ids[index]!, to))
    .join('\n');
}

/** Root elements that events refer to by their name or code. */
export const message = (name: string) => `<message id="${name}" name="${name}"/>`;
export const error = (code: string) => `<error id="${code}" errorCode="${code}"/>`;

export const messageEvent = (name: string) => `<messageEventDefinition messageRef="${name}"/>`;
export const errorEvent = (code?: string) =>
  code === undefined ? '<errorEventDefinition/>' : `<errorEventDefinition errorRef="${code}"/>`;

export const signal = (name: string) => `<signal id="${name}" name="${name}"/>`;
export const escalation = (code: string) => `<escalation id="${code}" escalationCode="${code}"/>`;
export const signalEvent = (name: string, content = '') =>
  `<signalEventDefinition signalRef="${name}">${content}</signalEventDefinition>`;
export const escalationEvent = (code?: string) =>
  code === undefined ? '<escalationEventDefinition/>' : `<escalationEventDefinition escalationRef="${code}"/>`;
export const conditionalEvent = (condition: string, attributes = '') =>
  `<conditionalEventDefinition ${attributes}><condition xsi:type="tFormalExpression">${escapeXml(condition)}</condition></conditionalEventDefinition>`;

export function timerEvent(kind: 'timeDate' | 'timeDuration' | 'timeCycle', text: string): string {
  return `<timerEventDefinition><${kind}>${text}</${kind}></timerEventDefinition>`;
}

export function boundaryEvent(id: string, attachedTo: string, definition: string, interrupting = true): string {
  return `<boundaryEvent id="${id}" attachedToRef="${attachedTo}" cancelActivity="${interrupting}">${definition}</boundaryEvent>`;
}

export function externalTask(id: string, topic = id, content = ''): string {
  return `<serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}">${content}</serviceTask>`;
}

/** What undoes an activity, and the boundary event that connects them. */
export function undoneBy(activity: string, handler: string, kind = 'userTask', content = ''): string {
  return `${boundaryEvent(`${activity}Undone`, activity, '<compensateEventDefinition/>')}
<${kind} id="${handler}" isForCompensation="true">${content}</${kind}>
<association id="${activity}-${handler}" associationDirection="One" sourceRef="${activity}Undone" targetRef="${handler}"/>`;
}

/** An intermediate event that undoes everything in its scope, or one activity. */
export function undoing(id: string, activity?: string): string {
  const reference = activity === undefined ? '' : ` activityRef="${activity}"`;
  return `<intermediateThrowEvent id="${id}"><compensateEventDefinition${reference}/></intermediateThrowEvent>`;
}

/** Extension elements with input and output parameters: name to value. */
export function mappings(inputs: Readonly<Record<string, string>>, outputs: Readonly<Record<string, string>> = {}) {
  const all = (kind: string, parameters: Readonly<Record<string, string>>) =>
    Object.entries(parameters).map(
      ([name, value]) => `<camunda:${kind}Parameter name="${name}">${escapeXml(value)}</camunda:${kind}Parameter>`,
    );
  const content = [...all('input', inputs), ...all('output', outputs)].join('');
  return `<extensionElements><camunda:inputOutput>${content}</camunda:inputOutput></extensionElements>`;
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A test engine with these root elements deployed: each process as a resource of its own, with all that isn't one. */
export async function deployed(...rootElements: readonly string[]): Promise<ProcessTest> {
  const processes = rootElements.filter((element) => element.startsWith('<process'));
  const shared = rootElements.filter((element) => !processes.includes(element));
  const files = processes.map((each, index) => [`model-${index}.bpmn`, definitions(...shared, each)] as const);
  return (await processTest()).deploy(Object.fromEntries(files));
}

/** Parses a document as a deployment does. @throws ParseError */
export async function parsed(xml: string): Promise<ParsedBpmn> {
  return parseBpmn(xml, 'model.bpmn', await createScriptHost());
}

/** What a deployment of the document is refused for; empty when it is accepted. */
export async function refusals(xml: string): Promise<ParseError['problems']> {
  try {
    await parsed(xml);
    return [];
  } catch (problem) {
    return (problem as ParseError).problems;
  }
}
