import { ExecutionError } from '../errors.js';
import { extensions, type ModdleElement, text } from '../model/moddle.js';
import type { ParseContext } from '../model/parse-context.js';
import type { ModelBinding } from '../model/process-model.js';
import type { Expression } from '../ports.js';
import type { TypedValue, Variables } from '../runtime/typed-value.js';
import type { ActivityView, Behavior } from './behavior.js';
import { optionalText } from './shared/external-work.js';
import { seenWith } from './shared/seen-with.js';
import { mapInputs, parseMapping, type VariableMapping } from './shared/variable-mapping.js';

interface CallConfig {
  readonly key: Expression;
  readonly binding: ModelBinding;
  readonly businessKey: Expression | null;
  /** Whose process is called; null for that of the caller's own tenant. */
  readonly tenantId: Expression | null;
  readonly inputs: readonly VariableMapping[];
  readonly outputs: readonly VariableMapping[];
}

const variableMappers = ['variableMappingClass', 'variableMappingDelegateExpression'];
const caseAttributes = ['caseRef', 'caseBinding', 'caseVersion', 'caseTenantId'];
const refusedForReason = [...variableMappers, ...caseAttributes];

function refuseUnsupported(source: ModdleElement, context: ParseContext): void {
  for (const name of variableMappers)
    if (text(source, name) !== null)
      context.refuse(
        source,
        `Expected variables to be passed by camunda:in and camunda:out, but 'camunda:${name}' needs Java`,
      );
  if (text(source, 'caseRef') !== null)
    context.refuse(
      source,
      "Expected a call activity to call a process, but 'camunda:caseRef' calls a case (CMMN), which isn't supported",
    );
}

/** Another process does the work as an instance of its own. Source: BPMN 2.0.2 §10.3.6, §13.3.5. */
export const callActivity: Behavior<CallConfig | null> = {
  understands: [
    'calledElementBinding',
    'calledElementVersion',
    'calledElementVersionTag',
    'calledElementTenantId',
    ...refusedForReason,
    'camunda:In',
    'camunda:Out',
  ],
  parse(source, context) {
    refuseUnsupported(source, context);
    const key = context.attribute(source, 'calledElement');
    if (!key && text(source, 'caseRef') === null)
      context.refuse(source, "Expected a call activity to name a process in 'calledElement'");
    const binding = context.binding(source, 'calledElement');
    const ins = extensions(source, 'camunda:In');
    const businessKey =
      ins.map((mapping) => context.attribute(mapping, 'businessKey')).find((found) => found !== null) ?? null;
    const inputs = ins.flatMap((mapping) =>
      text(mapping, 'businessKey') === null ? parseMapping(source, mapping, context) : [],
    );
    const outputs = extensions(source, 'camunda:Out').flatMap((mapping) => parseMapping(source, mapping, context));
    const tenantId = context.attribute(source, 'calledElementTenantId');
    return key && binding && { key, binding, businessKey, tenantId, inputs, outputs };
  },
  activityType: () => 'callActivity',
  migratesAs: () => 'callActivity',
  calls: ({ config }) =>
    // another tenant's process is looked up when the time comes
    config
      ? [{ kind: 'process', key: config.tenantId ? null : (config.key.literal ?? null), binding: config.binding }]
      : [],
  enter({ id, config }, view) {
    if (!config) return { kind: 'leave' };
    const key = optionalText(config.key, view);
    if (key === null)
      throw new ExecutionError(
        `Expected the process that '${id}' calls to have a key, but '${config.key.source}' is null`,
      );
    const businessKey = optionalText(config.businessKey, view);
    return {
      kind: 'call',
      call: {
        key,
        binding: config.binding,
        businessKey,
        variables: mapInputs(config.inputs, view),
        ...(config.tenantId && { tenantId: optionalText(config.tenantId, view) }),
      },
    };
  },
  /** `trigger.variables` are those of the called process instance. */
  resume({ config }, view, { variables = {} }) {
    for (const mapping of config?.outputs ?? []) writeOutput(mapping, variables, view);
    return { kind: 'leave' };
  },
  calledFailed({ config }, view, variables) {
    for (const mapping of config?.outputs ?? []) writeOutput(mapping, variables, view);
  },
};

function writeOutput(mapping: VariableMapping, called: Variables, view: ActivityView): void {
  const write = (name: string, value: TypedValue) =>
    mapping.local ? view.variables.setLocal(name, value) : view.variables.set(name, value);
  if (mapping.kind === 'all') for (const [name, value] of Object.entries(called)) write(name, value);
  else if (mapping.kind === 'variable') write(mapping.target, called[mapping.source] ?? { type: 'Null', value: null });
  else write(mapping.target, mapping.expression.evaluateTyped(seenFrom(called, view)));
}

/** An output's expression sees the called instance's variables, not the caller's. */
function seenFrom(called: Variables, view: ActivityView): ActivityView {
  const get = (name: string) => called[name];
  const names = () => Object.keys(called);
  return seenWith(view, { get, getLocal: get, names, localNames: names });
}
