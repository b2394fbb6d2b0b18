import type { DecisionResult } from '../../ports.js';
import type { TypedValue } from '../../runtime/typed-value.js';
import { exactValue, toPlain } from './convert.js';
import { Fault } from './fault.js';
import { toText } from './java-text.js';
import { type Methods, methods } from './method.js';
import { toIndex } from './numbers.js';
import { TypedBox } from './scope-facade.js';

/** What `decisionResult` stands for: the rules that fit. Lives from the end of a decision until its task has ended. */
export class DecisionRules {
  readonly description = 'decision result';
  constructor(readonly rules: DecisionResult['rules']) {}

  /** @throws Fault where there is no such rule */
  at(index: number): DecisionRule {
    const outputs = this.rules[index];
    if (outputs) return new DecisionRule(outputs);
    throw new Fault(`Index ${index} is outside of the decision's result, which has ${this.rules.length} rules`);
  }

  toPlain(): unknown {
    return this.rules.map((outputs) => new DecisionRule(outputs).toPlain());
  }
}

/** The outputs of one rule, by name. */
export class DecisionRule {
  readonly description = 'decision rule';
  constructor(readonly outputs: Readonly<Record<string, TypedValue>>) {}

  get(name: string): unknown {
    const typed = Object.hasOwn(this.outputs, name) ? this.outputs[name] : undefined;
    return typed === undefined ? null : exactValue(typed);
  }

  toPlain(): unknown {
    return Object.fromEntries(Object.entries(this.outputs).map(([name, typed]) => [name, toPlain(exactValue(typed))]));
  }
}

/** An output that a method gives: it keeps its type where it becomes a variable. */
export class DecisionEntry {
  constructor(readonly typed: TypedValue) {}
}

/** The methods of `decisionResult`, as Camunda's `DmnDecisionResult` has them. */
export const decisionMethods: Methods<DecisionRules> = methods<DecisionRules>({
  collectEntries: [1, 1, (self, [name]) => collect(self, toText(name))],
  get: [1, 1, (self, [index]) => self.at(toIndex(index))],
  getFirstResult: [0, 0, ({ rules: [first] }) => (first ? new DecisionRule(first) : null)],
  getResultList: [0, 0, (self) => self.toPlain()],
  getSingleEntry: [0, 0, (self) => entry(onlyOutput(single(self)))],
  getSingleEntryTyped: [0, 0, (self) => boxed(onlyOutput(single(self)))],
  getSingleResult: [0, 0, (self) => single(self)],
  isEmpty: [0, 0, ({ rules }) => rules.length === 0],
  size: [0, 0, ({ rules }) => rules.length],
});

/** The methods of one rule, as Camunda's `DmnDecisionResultEntries` has them. */
export const decisionRuleMethods: Methods<DecisionRule> = methods<DecisionRule>({
  containsKey: [1, 1, ({ outputs }, [name]) => Object.hasOwn(outputs, toText(name))],
  get: [1, 1, ({ outputs }, [name]) => entry(outputs[toText(name)])],
  getEntry: [1, 1, ({ outputs }, [name]) => entry(outputs[toText(name)])],
  getEntryMap: [0, 0, (self) => self.toPlain()],
  getEntryTyped: [1, 1, ({ outputs }, [name]) => boxed(outputs[toText(name)])],
  getFirstEntry: [0, 0, ({ outputs }) => entry(Object.values(outputs)[0])],
  getFirstEntryTyped: [0, 0, ({ outputs }) => boxed(Object.values(outputs)[0])],
  getSingleEntry: [0, 0, (self) => entry(onlyOutput(self))],
  getSingleEntryTyped: [0, 0, (self) => boxed(onlyOutput(self))],
  isEmpty: [0, 0, ({ outputs }) => Object.keys(outputs).length === 0],
  keySet: [0, 0, ({ outputs }) => Object.keys(outputs)],
  size: [0, 0, ({ outputs }) => Object.keys(outputs).length],
});

function single({ rules }: DecisionRules): DecisionRule | null {
  if (rules.length > 1) throw new Fault(`The decision has more than one result: ${rules.length} rules fit`);
  return rules[0] ? new DecisionRule(rules[0]) : null;
}

function onlyOutput(rule: DecisionRule | null): TypedValue | undefined {
  const names = Object.keys(rule?.outputs ?? {});
  if (names.length > 1) throw new Fault(`The decision has more than one output: ${names.join(', ')}`);
  return rule?.outputs[names[0] ?? ''];
}

/** Of the rules that have this output. */
function collect({ rules }: DecisionRules, name: string): unknown[] {
  return rules.flatMap((outputs) => (Object.hasOwn(outputs, name) ? [new DecisionRule(outputs).get(name)] : []));
}

function entry(typed: TypedValue | undefined): DecisionEntry | null {
  return typed ? new DecisionEntry(typed) : null;
}

function boxed(typed: TypedValue | undefined): TypedBox | null {
  return typed ? new TypedBox(typed) : null;
}
