import type { Writer } from '../behaviors/behavior.js';
import type { Element, ProcessModel } from '../model/process-model.js';
import { readsOfScript, readsOfText, writesOfText } from './text-variables.js';

/** A variable that the model reads and nothing in it writes by name. */
export interface UnwrittenVariable {
  readonly name: string;
  /** Elements and flows. */
  readonly readAt: readonly string[];
  /**
   * `certain`: nobody else sets variables in this process. `likely`: only whoever starts it could. `possible`: a worker,
   * a person, a message … may set it too, or only a script seems to read it.
   */
  readonly confidence: 'certain' | 'likely' | 'possible';
  readonly mayBeWrittenBy: readonly { readonly elementId: string; readonly writer: Writer }[];
}

interface Use {
  /** By name: where, and whether an expression says so (a script's names are a guess). */
  readonly reads: Map<string, { readonly at: Set<string>; isSure: boolean }>;
  readonly writes: Set<string>;
  readonly writers: { readonly elementId: string; readonly writer: Writer }[];
}

/**
 * Variables that expressions, scripts, mappings and conditions read although no form field, result, mapping or script of
 * the model writes them. Neither order nor scope is looked at: a name that is written anywhere counts as written.
 */
export function unwrittenVariables(model: ProcessModel): UnwrittenVariable[] {
  const use = useOf(model);
  const mayBeWrittenBy = use.writers;
  const onlyStarter = mayBeWrittenBy.every(({ writer }) => writer === 'starter');
  const known: UnwrittenVariable['confidence'] =
    mayBeWrittenBy.length === 0 ? 'certain' : onlyStarter ? 'likely' : 'possible';
  return [...use.reads]
    .filter(([name]) => !use.writes.has(name))
    .map(
      ([name, { at, isSure }]): UnwrittenVariable => ({
        name,
        readAt: [...at],
        confidence: isSure ? known : 'possible',
        mayBeWrittenBy,
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function useOf(model: ProcessModel): Use {
  const use: Use = { reads: new Map(), writes: new Set(), writers: [] };
  for (const element of model.elements.values()) {
    collect(element.config, element.id, use);
    for (const part of [element.inputs, element.outputs, element.listeners, element.jobPriority, element.retryCycle])
      collect(part, element.id, use);
    for (const { name } of [...element.inputs, ...element.outputs]) use.writes.add(name);
    for (const flow of element.outgoing) {
      collect(flow.condition, flow.id, use);
      collect(flow.listeners, flow.id, use);
    }
    addData(element, use);
  }
  return use;
}

function addData(element: Element, use: Use): void {
  const { reads = [], writes = [], writer } = element.behavior.data?.(element) ?? {};
  for (const name of reads) read(use, name, element.id, true);
  for (const name of writes) use.writes.add(name);
  if (writer) use.writers.push({ elementId: element.id, writer });
  const listeners = [...element.listeners, ...(element.behavior.taskListeners?.(element) ?? [])];
  if (listeners.some(({ worker }) => worker)) use.writers.push({ elementId: element.id, writer: 'worker' });
}

/** What is seen from elsewhere: the called process's or the worker's variables, not this process's. */
const ELSEWHERE: ReadonlySet<string> = new Set(['outputs', 'errorRules']);

/** Every expression, script and condition inside what a behavior has read from the model, whatever its form. */
function collect(value: unknown, at: string, use: Use): void {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
  const { text, source, evaluate, format } = value as Readonly<Record<string, unknown>>;
  if (typeof value === 'function') {
    const { language, source: condition } = (text ?? {}) as { language?: string; source?: string };
    if (language !== undefined && condition !== undefined) addText(language, condition, at, use);
  } else if (typeof evaluate === 'function' && typeof source === 'string') addText('juel', source, at, use);
  else if (typeof format === 'string' && typeof source === 'string') addText(format, source, at, use);
  else if (Array.isArray(value)) for (const item of value) collect(item, at, use);
  else for (const [name, member] of Object.entries(value)) if (!ELSEWHERE.has(name)) collect(member, at, use);
}

function addText(language: string, source: string, at: string, use: Use): void {
  const isExpression = language === 'juel' || language === 'feel';
  const names = isExpression ? readsOfText(source, language) : readsOfScript(source);
  for (const name of names) read(use, name, at, isExpression);
  const { names: written, isOpen } = writesOfText(source);
  for (const name of written) use.writes.add(name);
  if (isOpen) use.writers.push({ elementId: at, writer: 'script' });
}

function read(use: Use, name: string, at: string, isSure: boolean): void {
  const found = use.reads.get(name) ?? { at: new Set<string>(), isSure: false };
  found.at.add(at);
  found.isSure ||= isSure;
  use.reads.set(name, found);
}
