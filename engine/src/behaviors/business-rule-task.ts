import { type DecisionMapping, mapDecisionResult } from '../decision/map-decision-result.js';
import { ExecutionError } from '../errors.js';
import { text } from '../model/moddle.js';
import type { ModelBinding } from '../model/process-model.js';
import type { Expression } from '../ports.js';
import type { Behavior } from './behavior.js';
import { workData } from './shared/data-use.js';
import {
  enterWork,
  errorRulesOf,
  optionalText,
  requireWork,
  resultVariableOf,
  resumeWork,
  topicOf,
  type Work,
  workAttributes,
} from './shared/external-work.js';

type RuleConfig =
  | { readonly kind: 'work'; readonly work: Work }
  | {
      readonly kind: 'decision';
      readonly ref: Expression;
      readonly binding: ModelBinding;
      readonly mapping: DecisionMapping;
      readonly resultVariable: string | null;
      /** Whose decision it is; null for that of the process's own tenant. */
      readonly tenantId: Expression | null;
    };

const mappings: readonly DecisionMapping[] = ['singleEntry', 'singleResult', 'collectEntries', 'resultList'];

/** Evaluates a decision, or has a worker do it. Source: BPMN 2.0.2 §10.3.3; DMN 1.3 for the decision. */
export const businessRuleTask: Behavior<RuleConfig | null> = {
  understands: [
    ...workAttributes,
    'decisionRef',
    'decisionRefBinding',
    'decisionRefVersion',
    'decisionRefVersionTag',
    'mapDecisionResult',
    'decisionRefTenantId',
  ],
  parse(source, context) {
    const ref = context.attribute(source, 'decisionRef');
    if (!ref) {
      const work = requireWork(source, context, "a business rule task without a 'camunda:decisionRef'");
      return work && { kind: 'work', work };
    }
    const binding = context.binding(source, 'decisionRef');
    const tenantId = context.attribute(source, 'decisionRefTenantId');
    const mapping = text(source, 'mapDecisionResult') ?? 'resultList';
    const known = mappings.find((candidate) => candidate === mapping);
    if (!known)
      context.refuse(
        source,
        `Expected 'camunda:mapDecisionResult' to be one of ${mappings.join(', ')}, but it is '${mapping}'`,
      );
    if (!binding || !known) return null;
    return { kind: 'decision', ref, binding, mapping: known, resultVariable: resultVariableOf(source), tenantId };
  },
  activityType: () => 'businessRuleTask',
  calls: ({ config }) =>
    // another tenant's decision is looked up when the time comes
    config?.kind === 'decision'
      ? [{ kind: 'decision', key: config.tenantId ? null : (config.ref.literal ?? null), binding: config.binding }]
      : [],
  data({ config }) {
    if (config?.kind !== 'decision') return workData(config?.work ?? null);
    return { writes: config.resultVariable === null ? [] : [config.resultVariable] };
  },
  topic: ({ config }) => (config?.kind === 'work' ? topicOf(config.work) : undefined),
  errorRules: ({ config }) => (config?.kind === 'work' ? errorRulesOf(config.work) : []),
  resume: ({ config }, view) => resumeWork(config?.kind === 'work' ? config.work : null, view),
  enter({ id, config }, view) {
    if (!config) return { kind: 'leave' };
    if (config.kind === 'work') return enterWork(config.work, view);
    const ref = optionalText(config.ref, view);
    if (ref === null)
      throw new ExecutionError(`Expected the decision of '${id}' to have a key, but '${config.ref.source}' is null`);
    const result = view.evaluateDecision(
      ref,
      config.binding,
      config.tenantId && { tenantId: optionalText(config.tenantId, view) },
    );
    if (config.resultVariable !== null)
      view.variables.set(config.resultVariable, mapDecisionResult(result, config.mapping));
    return { kind: 'leave' };
  },
};
