import { ParseError } from '../errors.js';
import type { Decision } from '../ports.js';
import { dataType } from './data-types.js';
import { type DecisionLogic, type DecisionNode, evaluateNode, literalExpression } from './decision-logic.js';
import { decisionTable } from './decision-table.js';
import { DmnParseContext } from './parse-context.js';
import { parseTable } from './parse-table.js';
import { camunda, type DmnDocument, type DmnElement, many, one, readDmn, text } from './read-dmn.js';
import { DecisionScope } from './scope.js';

/** A decision of a DMN resource, with what a repository wants to know of it. */
export interface DecisionModel {
  readonly key: string;
  readonly name: string | null;
  readonly versionTag: string | null;
  /** In days; null when its history is kept. */
  readonly historyTimeToLive: number | null;
  /** The namespace of the resource's definitions. */
  readonly category: string | null;
  /** Of the definitions as a whole, when they hold more than one decision. */
  readonly decisionRequirementsKey: string | null;
  readonly decisionRequirementsName: string | null;
  /** The keys of the decisions that it needs itself. */
  readonly requiredDecisions: readonly string[];
  readonly decision: Decision;
}

/**
 * Reads a DMN resource (1.1 to 1.5) and compiles its decisions: decision tables and literal expressions in FEEL or
 * JUEL. A decision without any logic is only drawn and is left out.
 * @throws ParseError naming every element that can't be evaluated, with line and reason
 */
export async function parseDecisions(xml: string, resourceName: string): Promise<DecisionModel[]> {
  const { rootElement: definitions, warnings } = await read(xml, resourceName);
  const context = new DmnParseContext(xml, text(definitions, 'expressionLanguage'));
  for (const { message } of warnings) {
    if (!/unknown type <dmn:/.test(message)) continue;
    const line = Number(/line: (\d+)/.exec(message)?.[1] ?? 0) + 1;
    context.problems.push({ message: `Expected elements of DMN, but found ${message.split('\n')[0]}`, line });
  }
  const elements = many(definitions, 'drgElement').filter(({ $type }) => $type === 'dmn:Decision');
  const drafts = elements.map((element) => parseDecision(element, context)).filter((draft) => draft !== null);
  const nodes = connect(drafts, elements, context);
  if (context.problems.length > 0) throw new ParseError(resourceName, context.problems);
  const shared = {
    category: text(definitions, 'namespace'),
    decisionRequirementsKey: drafts.length > 1 ? (definitions.id ?? null) : null,
    decisionRequirementsName: drafts.length > 1 ? text(definitions, 'name') : null,
  };
  return drafts.map((draft) => ({ ...describe(draft), ...shared, decision: decisionOf(nodes.get(draft.key)!) }));
}

interface Draft {
  readonly key: string;
  readonly element: DmnElement;
  readonly logic: DecisionLogic;
  readonly requirements: readonly Requirement[];
  readonly historyTimeToLive: number | null;
}

interface Requirement {
  readonly element: DmnElement;
  readonly href: string;
}

async function read(xml: string, resourceName: string): Promise<DmnDocument> {
  try {
    return await readDmn(xml);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/line: (\d+)/.exec(message)?.[1] ?? 0) + 1;
    const column = Number(/column: (\d+)/.exec(message)?.[1] ?? 0) + 1;
    const reason = `Expected a DMN document, but it can't be read: ${message.split('\n')[0]}`;
    throw new ParseError(resourceName, [{ message: reason, line, column }]);
  }
}

function parseDecision(element: DmnElement, context: DmnParseContext): Draft | null {
  const logicElement = one(element, 'decisionLogic');
  if (!logicElement) return null;
  const key = element.id;
  if (key === undefined) {
    context.refuse(element, 'Expected a decision to have an id, but it has none', logicElement);
    return null;
  }
  for (const requirement of many(element, 'knowledgeRequirement')) {
    context.refuse(
      requirement,
      "Expected only decisions and input data to be required, but business knowledge models can't be invoked",
      element,
    );
  }
  const logic = parseLogic(logicElement, element, key, context);
  const requirements = many(element, 'informationRequirement').flatMap((requirement): Requirement[] => {
    const reference = one(requirement, 'requiredDecision');
    const href = reference && text(reference, 'href');
    return href === null || href === '' ? [] : [{ element: requirement, href }];
  });
  return { key, element, logic, requirements, historyTimeToLive: timeToLive(element, context) };
}

function parseLogic(logic: DmnElement, decision: DmnElement, key: string, context: DmnParseContext): DecisionLogic {
  if (logic.$type === 'dmn:DecisionTable') {
    const problems = context.problems.length;
    const table = parseTable(logic, key, context);
    return context.problems.length > problems ? NO_LOGIC : decisionTable(table);
  }
  if (logic.$type !== 'dmn:LiteralExpression') {
    const kind = logic.$type.slice(logic.$type.indexOf(':') + 1);
    context.refuse(
      logic,
      `Expected a decision table or a literal expression, but a ${kind} can't be evaluated`,
      decision,
    );
    return NO_LOGIC;
  }
  const cell = context.cell(logic, decision);
  const variable = one(decision, 'variable');
  if (text(logic, 'text') === null)
    context.refuse(logic, 'Expected the literal expression to have a text, but it has none', decision);
  const name = (variable && text(variable, 'name')) ?? text(decision, 'name') ?? key;
  const type = dataType((variable && text(variable, 'typeRef')) ?? text(logic, 'typeRef'));
  return cell ? literalExpression(name, cell, type) : NO_LOGIC;
}

/** Stands for logic that was refused, so that further problems can be looked for. */
const NO_LOGIC: DecisionLogic = { evaluate: () => ({ rules: [] }) };

/** Resolves what decisions require, refusing what isn't there and what goes in circles. */
function connect(
  drafts: readonly Draft[],
  elements: readonly DmnElement[],
  context: DmnParseContext,
): Map<string, DecisionNode> {
  const byKey = new Map(drafts.map((draft) => [draft.key, draft]));
  const nodes = new Map<string, DecisionNode>();
  const visit = (draft: Draft, path: readonly string[]): DecisionNode | null => {
    const known = nodes.get(draft.key);
    if (known) return known;
    if (path.includes(draft.key)) {
      const circle = [...path.slice(path.indexOf(draft.key)), draft.key].join("' → '");
      context.refuse(draft.element, `Expected decisions not to require themselves, but they do: '${circle}'`);
      return null;
    }
    const required: DecisionNode[] = [];
    for (const { element, href } of draft.requirements) {
      const target = href.startsWith('#') ? byKey.get(href.slice(1)) : undefined;
      const node = target && visit(target, [...path, draft.key]);
      if (node) required.push(node);
      if (target) continue;
      const isDrawn = elements.some(({ id }) => `#${id}` === href);
      const reason = isDrawn
        ? 'has no logic'
        : href.startsWith('#')
          ? 'is not in this resource'
          : 'is in another resource';
      context.refuse(
        element,
        `Expected the required decision '${href.replace(/^#/, '')}' to be evaluated, but it ${reason}`,
        draft.element,
      );
    }
    const node: DecisionNode = { key: draft.key, logic: draft.logic, required };
    nodes.set(draft.key, node);
    return node;
  };
  for (const draft of drafts) visit(draft, []);
  return nodes;
}

function decisionOf(node: DecisionNode): Decision {
  return { key: node.key, evaluate: (variables, now) => evaluateNode(node, new DecisionScope(variables, now)) };
}

function describe({ key, element, historyTimeToLive, requirements }: Draft) {
  return {
    key,
    name: text(element, 'name'),
    versionTag: camunda(element, 'versionTag'),
    historyTimeToLive,
    requiredDecisions: requirements.map(({ href }) => href.slice(1)),
  };
}

/** Days, as a number or as an ISO 8601 period in days (`P30D`). */
function timeToLive(element: DmnElement, context: DmnParseContext): number | null {
  const value = camunda(element, 'historyTimeToLive');
  if (value === null) return null;
  const days = /^(?:P(\d+)D|(\d+))$/.exec(value);
  if (days) return Number(days[1] ?? days[2]);
  context.refuse(element, `Expected 'camunda:historyTimeToLive' in days, such as 30 or P30D, but it is '${value}'`);
  return null;
}
