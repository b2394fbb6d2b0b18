import type { Behavior } from '../behaviors/behavior.js';
import { processBehavior } from '../behaviors/process.js';
import { behaviors, bodies as loopBodies } from '../behaviors/registry.js';
import { parseRetryCycle } from '../time/retry-cycle.js';
import { checkCompensation } from './compensation-checks.js';
import { flowNodeDialect, refuseUnknownDialect } from './dialect.js';
import { parseListeners, parseMappings } from './mappings.js';
import { documentation, extensions, type ModdleElement, many, one, tagOf, text } from './moddle.js';
import type { ParseContext } from './parse-context.js';
import {
  type Element,
  type JobDefinition,
  type ListenerWork,
  type ProcessModel,
  type SequenceFlow,
  type StartTrigger,
  UNNAMED_FLOW,
} from './process-model.js';
import { checkScope } from './scope-checks.js';

type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };
type DraftElement = Draft<Element>;

/** Compiles one `bpmn:process`: elements first, then what connects them. Problems are noted in the context. */
export function compileProcess(process: ModdleElement, context: ParseContext): ProcessModel {
  const processPriority = context.priority(process, 'jobPriority');
  const elements = new Map<string, DraftElement>();
  let unnamedFlows = 0;
  const sources = new Map<DraftElement, ModdleElement>();
  /** The bodies of markers that repeat by the id of their activity: flows and boundary events are theirs. */
  const bodies = new Map<string, DraftElement>();
  const outermost = (id: string | undefined) => bodies.get(id ?? '') ?? elements.get(id ?? '');
  const root = compileScope(process, null);
  for (const source of new Set(sources.values()))
    for (const flow of many(source, 'flowElements')) if (flow.$type === 'bpmn:SequenceFlow') connectFlow(flow);
  for (const [element, source] of sources) attach(element, source);
  for (const source of new Set(sources.values())) for (const artifact of many(source, 'artifacts')) associate(artifact);
  for (const element of elements.values()) {
    const problem = (reason: string) => context.refuse(sources.get(element)!, reason);
    checkCompensation(element, problem);
    element.behavior.check?.(element, problem);
  }
  checkScope(root, (element, reason) => context.refuse(sources.get(element as DraftElement) ?? process, reason));
  return describe(process, root, elements, context);

  function compileScope(source: ModdleElement, scope: DraftElement | null, continuations = source): DraftElement {
    const element = compileElement(source, scope, continuations);
    for (const child of many(source, 'flowElements')) {
      if (child.$instanceOf('bpmn:FlowNode')) {
        const compiled = compileNode(child, element);
        element.children.push(compiled);
        if (compiled.type === 'startEvent') element.startEvents.push(compiled);
        if (child.get('triggeredByEvent') === true) element.eventSubProcesses.push(compiled);
      }
    }
    return element;
  }

  /** A flow node; with a marker that repeats it the body around it. */
  function compileNode(source: ModdleElement, scope: DraftElement): DraftElement {
    const marker = one(source, 'loopCharacteristics');
    const loop = marker && loopBodies[tagOf(marker)];
    if (!loop) return compileInner(source, scope, source);
    const { type, behavior } = loop;
    const config = behavior.parse(marker, context, { inEventSubProcess: false, inProcess: false });
    const body: DraftElement = {
      ...blank(source, scope),
      id: `${source.id}#${type}`,
      type,
      activityType: behavior.activityType(config, marker),
      behavior,
      config,
      ...parseContinuations(source),
    };
    elements.set(body.id, body);
    sources.set(body, source);
    bodies.set(source.id ?? '', body);
    const repeated = compileInner(source, body, marker);
    body.children.push(repeated);
    body.repeats = repeated;
    repeated.body = body;
    return body;
  }

  function compileInner(source: ModdleElement, scope: DraftElement, continuations: ModdleElement): DraftElement {
    return source.$instanceOf('bpmn:SubProcess')
      ? compileScope(source, scope, continuations)
      : compileElement(source, scope, continuations);
  }

  /** What every element has, whatever its kind. */
  function blank(source: ModdleElement, scope: DraftElement | null) {
    return {
      name: text(source, 'name'),
      line: context.lineOf(source.id ?? ''),
      scope,
      incoming: [],
      outgoing: [],
      defaultFlow: null,
      children: [],
      repeats: null,
      body: null,
      startEvents: [],
      boundaryEvents: [],
      eventSubProcesses: [],
      compensationHandler: null,
      isForCompensation: source.get('isForCompensation') === true,
      attachedTo: null,
      interrupting: source.get('cancelActivity') !== false && source.get('isInterrupting') !== false,
      inputs: [],
      outputs: [],
      listeners: [],
      documentation: documentation(source),
      extensionProperties: parseProperties(source),
    } satisfies Partial<DraftElement>;
  }

  /** Asynchronous continuations and what their jobs look like. With a loop marker, the marker has those of each instance. */
  function parseContinuations(source: ModdleElement) {
    return {
      asyncBefore: source.get('camunda:asyncBefore') === true || source.get('camunda:async') === true,
      asyncAfter: source.get('camunda:asyncAfter') === true,
      exclusive: source.get('camunda:exclusive') !== false,
      jobPriority: context.priority(source, 'camunda:jobPriority') ?? processPriority,
      retryCycle: parseRetryCycleElement(source, context),
    };
  }

  function compileElement(
    source: ModdleElement,
    scope: DraftElement | null,
    continuations: ModdleElement = source,
  ): DraftElement {
    const type = tagOf(source);
    const behavior = (scope ? behaviors[type] : processBehavior) as Behavior | undefined;
    const id = source.id ?? '';
    if (source.id === undefined) context.refuse(source, `Expected every ${type} to have an id`);
    else if (elements.has(id)) context.refuse(source, `Expected ids to be unique, but '${id}' is used twice`);
    const dialect = [...(scope ? flowNodeDialect : []), ...(behavior?.understands ?? [])];
    if (behavior) refuseUnknownDialect(source, dialect, context);
    else context.refuse(source, `Expected elements that can be executed, but '${type}' isn't supported`);
    refuseUnsupported(source, context);
    const inEventSubProcess = scope !== null && sources.get(scope)?.get('triggeredByEvent') === true;
    const config = behavior?.parse(source, context, {
      inEventSubProcess,
      inProcess: scope !== null && scope.scope === null,
    });
    const element: DraftElement = {
      ...blank(source, scope),
      id,
      type,
      activityType: behavior?.activityType(config, source) ?? type,
      behavior: behavior ?? processBehavior,
      config,
      ...parseContinuations(continuations),
      ...parseMappings(source, context),
      listeners: parseListeners(source, ['start', 'end'], context),
    };
    elements.set(id, element);
    sources.set(element, source);
    return element;
  }

  /** Boundary events and default flows, once all flows are there. */
  function attach(element: DraftElement, source: ModdleElement): void {
    if (element !== outermost(source.id)) return; // inside a multi-instance body
    const attachedTo = one(source, 'attachedToRef')?.id;
    // each instance of a multi-instance activity is undone by itself, everything else concerns all of them
    const host = triggerOf(element)?.kind === 'compensation' ? elements.get(attachedTo ?? '') : outermost(attachedTo);
    if (host) {
      element.attachedTo = host;
      host.boundaryEvents.push(element);
    }
    const defaultId = source.$instanceOf('bpmn:FlowNode') ? one(source, 'default')?.id : undefined;
    if (defaultId === undefined) return;
    element.defaultFlow = element.outgoing.find(({ id }) => id === defaultId) ?? null;
    if (!element.defaultFlow)
      context.refuse(source, `Expected the default flow '${defaultId}' to leave '${element.id}'`);
  }

  /** From a compensation boundary event to the activity that undoes. Source: BPMN 2.0.2 §10.7.1. */
  function associate(artifact: ModdleElement): void {
    if (artifact.$type !== 'bpmn:Association') return;
    const event = elements.get(one(artifact, 'sourceRef')?.id ?? '');
    const handler = outermost(one(artifact, 'targetRef')?.id);
    if (event?.attachedTo && handler?.isForCompensation && triggerOf(event)?.kind === 'compensation')
      (event.attachedTo as DraftElement).compensationHandler = handler;
  }

  function connectFlow(flow: ModdleElement): void {
    const from = outermost(one(flow, 'sourceRef')?.id);
    const to = outermost(one(flow, 'targetRef')?.id);
    if (!from || !to) {
      context.refuse(
        flow,
        `Expected the ${from ? 'target' : 'source'} of flow '${flow.id}' to be a flow node of this process`,
      );
      return;
    }
    if (from.scope !== to.scope)
      context.refuse(
        flow,
        `Expected flow '${flow.id}' to stay inside one scope, but it crosses the border of a sub-process`,
      );
    refuseUnknownDialect(flow, [], context);
    const formal = one(flow, 'conditionExpression');
    const sequenceFlow: SequenceFlow = {
      // Tokens that wait are told apart by the flow they came by, so one without an id gets a name too.
      id: flow.id ?? `${UNNAMED_FLOW}${++unnamedFlows}`,
      name: text(flow, 'name'),
      source: from,
      target: to,
      condition: formal && context.condition(flow, formal),
      listeners: parseListeners(flow, ['take'], context),
    };
    from.outgoing.push(sequenceFlow);
    to.incoming.push(sequenceFlow);
  }
}

function refuseUnsupported(source: ModdleElement, context: ParseContext): void {
  for (const quantity of ['startQuantity', 'completionQuantity'])
    if (source.get(quantity) !== undefined && source.get(quantity) !== 1)
      context.refuse(source, `Expected '${quantity}' to be 1, but it is ${String(source.get(quantity))}`);
}

function parseRetryCycleElement(source: ModdleElement, context: ParseContext) {
  const [element] = extensions(source, 'camunda:FailedJobRetryTimeCycle');
  const cycle = element && text(element, 'body');
  return cycle ? context.parsed(source, cycle, "'failedJobRetryTimeCycle'", parseRetryCycle) : null;
}

function parseProperties(source: ModdleElement): Record<string, string> | null {
  const properties = extensions(source, 'camunda:Properties').flatMap((holder) => many(holder, 'values'));
  if (properties.length === 0) return null;
  return Object.fromEntries(
    properties.map((property) => [text(property, 'name') ?? '', text(property, 'value') ?? '']),
  );
}

function describe(
  process: ModdleElement,
  root: Element,
  elements: ReadonlyMap<string, Element>,
  context: ParseContext,
): ProcessModel {
  const starts = root.startEvents;
  // none and timer start events are alternatives; an only start event is the initial one, whatever it waits for
  const candidates = starts.filter((start) => (triggerOf(start)?.kind ?? 'timer') === 'timer');
  if (candidates.length > 1)
    context.refuse(
      process,
      `Expected at most one none or timer start event in a process, but there are ${candidates.length}`,
    );
  const initial = candidates[0] ?? (starts.length === 1 ? starts[0] : undefined) ?? null;
  if (starts.length === 0) context.refuse(process, 'Expected a process to have a start event');
  const all = [...elements.values()];
  return {
    key: root.id,
    name: root.name,
    versionTag: text(process, 'versionTag'),
    documentation: root.documentation,
    historyTimeToLive: parseTimeToLive(process, context),
    startableInTasklist: process.get('isStartableInTasklist') !== false,
    root,
    elements,
    initial,
    startTriggers: starts.flatMap(startTriggers),
    jobDefinitions: all.flatMap(jobDefinitions),
    callReferences: all.flatMap((element) =>
      (element.behavior.calls?.(element) ?? []).map((call) => ({ elementId: element.id, ...call })),
    ),
    topics: all.flatMap(topicsOf),
    hasConditions: all.some((element) => triggerOf(element)?.kind === 'conditional'),
    startForm: initial?.behavior.form?.(initial) ?? null,
  };
}

/** Of the element's own external task, of its listeners, and of those of the flows that leave it; what is skipped needs no worker. */
function topicsOf(element: Element): ProcessModel['topics'][number][] {
  const own = element.behavior.topic?.(element);
  const ofListeners = (elementId: string, listeners: readonly ListenerWork[]) =>
    listeners.flatMap(({ worker }) => (worker ? [{ elementId, topic: worker.topic }] : []));
  const ofTask = (element.behavior.taskListeners?.(element) ?? []).filter(({ event }) => event !== 'delete');
  return [
    ...(own === undefined ? [] : [{ elementId: element.id, topic: own }]),
    ...ofListeners(element.id, element.listeners),
    ...ofListeners(element.id, ofTask),
    ...element.outgoing.flatMap(({ id, listeners }) => ofListeners(id, listeners)),
  ];
}

function triggerOf(element: Element) {
  return element.behavior.trigger?.(element.config) ?? null;
}

function startTriggers(start: Element): StartTrigger[] {
  const trigger = triggerOf(start);
  if (trigger?.kind === 'message') return [{ kind: 'message', elementId: start.id, messageName: trigger.name }];
  if (trigger?.kind === 'timer') return [{ kind: 'timer', elementId: start.id, timer: trigger.timer }];
  if (trigger?.kind === 'signal') return [{ kind: 'signal', elementId: start.id, signalName: trigger.name }];
  if (trigger?.kind === 'conditional')
    return [
      { kind: 'conditional', elementId: start.id, condition: trigger.condition, variableName: trigger.variableName },
    ];
  return [];
}

function jobDefinitions(element: Element): JobDefinition[] {
  const type = 'async-continuation';
  return [
    ...(element.asyncBefore ? [{ elementId: element.id, type, configuration: 'async-before' } as const] : []),
    ...(element.asyncAfter ? [{ elementId: element.id, type, configuration: 'async-after' } as const] : []),
    ...(element.behavior.jobDefinitions?.(element) ?? []),
  ];
}

/** Days, as a number or as an ISO 8601 period in days (`P30D`). */
function parseTimeToLive(process: ModdleElement, context: ParseContext): number | null {
  const value = text(process, 'historyTimeToLive');
  if (value === null) return null;
  const days = /^(?:P(\d+)D|(\d+))$/.exec(value);
  if (days) return Number(days[1] ?? days[2]);
  context.refuse(process, `Expected 'camunda:historyTimeToLive' in days, such as 30 or P30D, but it is '${value}'`);
  return null;
}
