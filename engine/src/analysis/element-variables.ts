import { variablesRead } from '../expression/references.js';
import type { Element, Mapping, SequenceFlow } from '../model/process-model.js';
import type { Expression } from '../ports.js';

/** Which variables a part of a model reads and writes, as far as the model says so. */
export interface VariableUse {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

const WRITTEN_BY_NAME = /\bsetVariable(?:Local)?\s*\(\s*["']([^"']+)["']/g;
/** What loops and multi-instances give to what is inside them. */
const LOOP_VARIABLES = ['loopCounter', 'nrOfInstances', 'nrOfActiveInstances', 'nrOfCompletedInstances'];

/** Of an element that is yet to be entered. Scripts are read for `setVariable` only; workers and people aren't foreseen. */
export function useOf(element: Element): VariableUse {
  const use = new Gathered();
  use.mappings(element.inputs);
  const inside = new Gathered();
  inside.value(element.config);
  inside.value(element.jobPriority);
  inside.value(element.retryCycle);
  inside.value(element.listeners);
  inside.value(element.behavior.taskListeners?.(element) ?? []);
  const form = element.behavior.form?.(element);
  inside.value(form);
  if (form?.kind === 'fields') for (const { id } of form.fields) inside.writes.add(id);
  inside.mappings(element.outputs);
  inside.flows(element.outgoing);
  for (const name of inside.reads) if (!use.writes.has(name)) use.reads.add(name);
  for (const name of inside.writes) use.writes.add(name);
  return use;
}

/** Of an element that is at work: what it still does when it ends. */
export function useAtEnd(element: Element): VariableUse {
  const use = new Gathered();
  use.value(element.listeners.filter(({ event }) => event === 'end'));
  use.mappings(element.outputs);
  use.flows(element.outgoing);
  for (const { name } of element.inputs) use.reads.delete(name);
  const whole = useOf(element);
  for (const name of whole.writes) use.writes.add(name);
  return use;
}

class Gathered implements VariableUse {
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  private readonly seen = new Set<object>();

  mappings(mappings: readonly Mapping[]): void {
    for (const { name, source } of mappings) {
      this.value(source);
      this.writes.add(name);
    }
  }

  flows(flows: readonly SequenceFlow[]): void {
    for (const { condition, listeners } of flows) {
      this.value(condition);
      this.value(listeners);
    }
  }

  value(value: unknown): void {
    if (typeof value === 'function') {
      for (const name of (value as { readonly reads?: readonly string[] }).reads ?? []) this.reads.add(name);
      return;
    }
    // Not into other elements: they speak for themselves.
    if (typeof value !== 'object' || value === null || this.seen.has(value) || 'behavior' in value) return;
    this.seen.add(value);
    if (isExpression(value)) return this.expression(value);
    for (const [key, part] of Object.entries(value)) this.member(key, part);
  }

  private member(key: string, part: unknown): void {
    if (typeof part !== 'string') {
      // What a called process hands back: its own variables are read, ours are written.
      if (key === 'outputs') for (const { target } of part as { target?: string }[]) this.writes.add(target ?? '');
      else if (key === 'inputs') this.passedOn(part as { source?: unknown; expression?: unknown }[]);
      else this.value(part);
    } else if (key === 'variable') this.reads.add(part);
    else if (key === 'source') this.script(part);
    else if (key === 'initiator' || /Variable$/.test(key)) this.writes.add(part);
  }

  private passedOn(mappings: readonly { readonly source?: unknown; readonly expression?: unknown }[]): void {
    for (const { source, expression } of mappings) {
      if (typeof source === 'string') this.reads.add(source);
      this.value(expression);
    }
  }

  private expression({ source, literal }: Expression): void {
    if (literal !== undefined) return;
    const language = /[$#]\{/.test(source) ? 'juel' : 'feel';
    for (const name of variablesRead(source, { language })) this.reads.add(name);
    this.script(source);
  }

  private script(text: string): void {
    for (const [, name] of text.matchAll(WRITTEN_BY_NAME)) if (name) this.writes.add(name);
  }
}

function isExpression(value: object): value is Expression {
  return 'evaluateTyped' in value && 'source' in value;
}

export function isLoopVariable(name: string): boolean {
  return LOOP_VARIABLES.includes(name);
}
