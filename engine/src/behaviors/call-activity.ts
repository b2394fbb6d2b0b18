import { EvaluationError, ExecutionError } from '../errors.js';
import { extensions, type ModdleElement, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { ModelBinding } from '../model/process-model.js';
import type { ExecutionFacts, Expression } from '../ports.js';
import type { CalledFacts } from '../runtime/called-facts.js';
import type { TypedValue, Variables } from '../runtime/typed-value.js';
import type { ActivityView, Behavior, Step } from './behavior.js';
import { caseAttributes, caseWork } from './shared/case-work.js';
import {
  type ExternalWork,
  enterWork,
  onlyText,
  optionalText,
  parsePriority,
  topicOf,
} from './shared/external-work.js';
import { constant, topicOfJava } from './shared/java-work.js';
import { seenWith } from './shared/seen-with.js';
import { mapInputs, parseMapping, type VariableMapping } from './shared/variable-mapping.js';

interface CallMappings {
  readonly inputs: readonly VariableMapping[];
  readonly outputs: readonly VariableMapping[];
}

interface ProcessCall extends CallMappings {
  readonly kind: 'process';
  readonly key: Expression;
  readonly binding: ModelBinding;
  readonly businessKey: Expression | null;
  /** Whose process is called; null for that of the caller's own tenant. */
  readonly tenantId: Expression | null;
  /** The worker who maps the variables where Java code did, before the call and after it. */
  readonly mapper: ExternalWork | null;
}

interface CaseCall extends CallMappings {
  readonly kind: 'case';
  readonly work: ExternalWork;
}

type CallConfig = ProcessCall | CaseCall;

const variableMappers = ['variableMappingClass', 'variableMappingDelegateExpression'] as const;

/** Another process does the work as an instance of its own. Source: BPMN 2.0.2 §10.3.6, §13.3.5. */
export const callActivity: Behavior<CallConfig | null> = {
  understands: [
    'calledElementBinding',
    'calledElementVersion',
    'calledElementVersionTag',
    'calledElementTenantId',
    ...variableMappers,
    ...caseAttributes,
    'camunda:In',
    'camunda:Out',
  ],
  takesAnswer: true,
  parse(source, context) {
    const key = context.attribute(source, 'calledElement');
    const caseKey = context.attribute(source, 'caseRef');
    if (!key && !caseKey && source.get('calledElement') !== '')
      context.refuse(source, "Expected a call activity to name a process in 'calledElement'");
    if (key && caseKey)
      context.refuse(source, "Expected either 'calledElement' or 'camunda:caseRef', but the call activity has both");
    const ins = extensions(source, 'camunda:In');
    const businessKey =
      ins.map((mapping) => context.attribute(mapping, 'businessKey')).find((found) => found !== null) ?? null;
    const inputs = ins.flatMap((mapping) =>
      text(mapping, 'businessKey') === null ? parseMapping(source, mapping, context) : [],
    );
    const outputs = extensions(source, 'camunda:Out').flatMap((mapping) => parseMapping(source, mapping, context));
    if (caseKey) {
      for (const name of variableMappers)
        if (text(source, name) !== null) context.warn(source, `'camunda:${name}' has no effect where a case is called`);
      return { kind: 'case', work: caseWork(source, caseKey, businessKey, context), inputs, outputs };
    }
    const binding = context.binding(source, 'calledElement');
    const tenantId = context.attribute(source, 'calledElementTenantId');
    const mapper = mapperOf(source, context);
    return key && binding && { kind: 'process', key, binding, businessKey, tenantId, mapper, inputs, outputs };
  },
  activityType: () => 'callActivity',
  isScope: true,
  // where a worker maps, the call may be between its two answers
  migratesAs(config) {
    if (config?.kind === 'case') return null;
    return config?.mapper ? 'mappedCall' : 'callActivity';
  },
  topic({ config }) {
    if (config?.kind === 'case') return topicOf(config.work);
    return config?.mapper ? topicOf(config.mapper) : undefined;
  },
  calls: ({ config }) =>
    // another tenant's process is looked up when the time comes
    config?.kind === 'process'
      ? [{ kind: 'process', key: config.tenantId ? null : (config.key.literal ?? null), binding: config.binding }]
      : [],
  data({ config }) {
    const outputs = config?.outputs ?? [];
    return {
      reads: (config?.inputs ?? []).flatMap((mapping) => (mapping.kind === 'variable' ? [mapping.source] : [])),
      writes: outputs.flatMap((mapping) => (mapping.kind === 'all' ? [] : [mapping.target])),
      ...(outputs.some(({ kind }) => kind === 'all') && { writer: 'called process' }),
    };
  },
  enter({ id, config }, view) {
    if (!config) return { kind: 'leave' };
    if (config.kind === 'case') {
      setLocals(mapInputs(config.inputs, view), view);
      return enterWork(config.work, view);
    }
    // A migration asks what it would wait for where it is.
    const mapping = view.node.data?.['mapping'] === 'output' ? 'output' : 'input';
    return config.mapper ? askMapper(config.mapper, mapping, view) : callProcess(id, config, view, {});
  },
  /** `trigger.variables` are those of the called process instance, or what the worker answered. */
  resume({ id, config }, view, { kind, variables = {}, called }) {
    if (kind === 'signal') return { kind: 'leave' };
    if (config?.kind === 'process' && config.mapper) {
      const { mapper } = config;
      if (kind === 'called') {
        writeOutputs(config, variables, view, called);
        setLocals(variables, view);
        return askMapper(mapper, 'output', view, Object.keys(variables));
      }
      if (view.node.data?.['mapping'] === 'input') return callProcess(id, config, view, variables);
      for (const name of (view.node.data?.['called'] ?? []) as readonly string[]) view.variables.removeLocal(name);
      for (const [name, value] of Object.entries(variables)) view.variables.set(name, value);
      return { kind: 'leave' };
    }
    if (config) writeOutputs(config, variables, view, called);
    return { kind: 'leave' };
  },
  calledFailed({ config }, view, variables, called) {
    if (config) writeOutputs(config, variables, view, called);
  },
};

/** Java code that maps variables is a worker's, as all Java code is. */
function mapperOf(source: ModdleElement, context: ParseContext): ExternalWork | null {
  const topic = topicOfJava(text(source, 'variableMappingClass'), text(source, 'variableMappingDelegateExpression'));
  if (topic === null) return null;
  const priority = parsePriority(source, source, context);
  return {
    kind: 'external',
    topic: constant(topic),
    priority,
    properties: {},
    errorRules: [],
    inputs: [],
    outputs: [],
  };
}

/** @param called names of the called instance's variables, which the worker sees as local ones for the time being */
function askMapper(
  mapper: ExternalWork,
  mapping: 'input' | 'output',
  view: ActivityView,
  called: readonly string[] = [],
): Step {
  const step = enterWork({ ...mapper, properties: { mapping: constant(mapping) } }, view);
  return step.kind === 'wait' ? { ...step, keep: { mapping, called } } : step;
}

/** @param answer what a worker has mapped, beside and before the model's own mappings */
function callProcess(id: string, config: ProcessCall, view: ActivityView, answer: Variables): Step {
  const key = optionalText(config.key, view);
  if (key === null)
    throw new ExecutionError(
      `Expected the process that '${id}' calls to have a key, but '${config.key.source}' is null`,
    );
  const businessKey = onlyText(config.businessKey, view, 'business key');
  return {
    kind: 'call',
    call: {
      key,
      binding: config.binding,
      businessKey,
      variables: { ...mapInputs(config.inputs, view), ...answer },
      ...(config.tenantId && { tenantId: optionalText(config.tenantId, view) }),
    },
  };
}

function setLocals(variables: Variables, view: ActivityView): void {
  for (const [name, value] of Object.entries(variables)) view.variables.setLocal(name, value);
}

function writeOutputs({ outputs }: CallMappings, variables: Variables, view: ActivityView, called?: CalledFacts): void {
  const seen = seenFrom(variables, view, called);
  for (const mapping of outputs) writeOutput(mapping, variables, view, seen);
}

function writeOutput(mapping: VariableMapping, variables: Variables, view: ActivityView, seen: ActivityView): void {
  const write = (name: string, value: TypedValue) =>
    mapping.local ? view.variables.setLocal(name, value) : view.variables.set(name, value);
  if (mapping.kind === 'all') for (const [name, value] of Object.entries(variables)) write(name, value);
  else if (mapping.kind === 'variable')
    write(mapping.target, variables[mapping.source] ?? { type: 'Null', value: null });
  else write(mapping.target, mapping.expression.evaluateTyped(seen));
}

/** An output's expression sees the called instance and its variables, not the caller's. */
function seenFrom(variables: Variables, view: ActivityView, called?: CalledFacts): ActivityView {
  const get = (name: string) => variables[name];
  const names = () => Object.keys(variables);
  const seen = seenWith(view, { get, getLocal: get, names, localNames: names });
  if (!called) return seen;
  const execution: ExecutionFacts = {
    ...called,
    id: called.processInstanceId,
    activityInstanceId: called.processInstanceId,
    rootProcessInstanceId: view.execution.rootProcessInstanceId,
    currentTransitionId: null,
    eventName: null,
    tenantId: view.execution.tenantId,
    superExecutionId: view.execution.id,
    setBusinessKey() {
      throw new EvaluationError("An output mapping can't change the business key of a called process instance");
    },
  };
  return Object.create(seen, { execution: { value: execution } });
}
