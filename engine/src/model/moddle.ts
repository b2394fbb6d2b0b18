/// <reference path="./bpmn-moddle.d.ts" />
import { BpmnModdle } from 'bpmn-moddle';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json' with { type: 'json' };
import { normalizeXml } from './normalize-xml.js';

/** An element of the BPMN object model as bpmn-moddle reads it; properties stand under their local names. */
export interface ModdleElement {
  readonly $type: string;
  readonly $attrs: Readonly<Record<string, string>>;
  readonly $parent?: ModdleElement;
  readonly $descriptor: {
    readonly propertiesByName: Readonly<
      Record<string, { readonly isMany?: boolean; readonly ns: { readonly prefix: string } }>
    >;
  };
  $instanceOf(type: string): boolean;
  readonly id?: string;
  readonly name?: string;
  get(property: string): unknown;
  set(property: string, value: unknown): void;
}

export interface ModdleResult {
  readonly rootElement: ModdleElement;
  readonly elementsById: Readonly<Record<string, ModdleElement>>;
  readonly references: readonly { readonly element: ModdleElement; readonly property: string; readonly id: string }[];
  readonly warnings: readonly {
    readonly message: string;
    readonly element?: ModdleElement;
    readonly property?: string;
    readonly value?: string;
  }[];
}

/** Operaton kept the dialect and renamed its namespace; to us both are one. */
const DIALECTS = ['http://operaton.org/schema/1.0/bpmn', 'http://activiti.org/bpmn'];
const CAMUNDA_NS = 'http://camunda.org/schema/1.0/bpmn';

/** What Camunda reads at these types, and the description of its dialect leaves out. */
const undescribed: Readonly<Record<string, readonly string[]>> = {
  DmnCapable: ['decisionRefVersionTag'],
  ScriptTask: ['resultVariableName'],
  ServiceTaskLike: ['resultVariableName'],
};

const dialect = {
  ...camunda,
  types: camunda.types.map((type) => ({
    ...type,
    properties: [
      ...(type.properties ?? []),
      ...(undescribed[type.name] ?? []).map((name) => ({ name, isAttr: true, type: 'String' })),
    ],
  })),
};

/** Its types are the same for every document, and are described on their first use. */
const moddle = new BpmnModdle({ camunda: dialect });

/** Reads XML into the BPMN object model. Rejects with moddle's error when it isn't XML or its root isn't `definitions`. */
export async function readXml(xml: string): Promise<ModdleResult> {
  let text = normalizeXml(xml);
  for (const namespace of DIALECTS) text = text.replaceAll(`"${namespace}"`, `"${CAMUNDA_NS}"`);
  return (await moddle.fromXML(text)) as unknown as ModdleResult;
}

/** The list held by a property; an empty one where it isn't set. */
export function many(element: ModdleElement, property: string): readonly ModdleElement[] {
  return (element.get(property) as readonly ModdleElement[] | undefined) ?? [];
}

export function one(element: ModdleElement, property: string): ModdleElement | null {
  return (element.get(property) as ModdleElement | undefined) ?? null;
}

/** A text property, trimmed; null where it is missing or blank. */
export function text(element: ModdleElement, property: string): string | null {
  const value = element.get(property);
  if (value === undefined || value === null) return null;
  const trimmed = String(value).trim();
  return trimmed === '' ? null : trimmed;
}

/** The extension elements of one type, `camunda:InputOutput` for example. */
export function extensions(element: ModdleElement, type: string): readonly ModdleElement[] {
  return allExtensions(element).filter((value) => value.$type === type);
}

export function allExtensions(element: ModdleElement): readonly ModdleElement[] {
  const holder = one(element, 'extensionElements');
  return holder ? many(holder, 'values') : [];
}

/** The text of the first `documentation`. */
export function documentation(element: ModdleElement): string | null {
  const [first] = many(element, 'documentation');
  return first ? text(first, 'text') : null;
}

/** The local name of a BPMN type: `bpmn:UserTask` → `userTask`. */
export function tagOf(element: ModdleElement): string {
  const local = element.$type.slice(element.$type.indexOf(':') + 1);
  return local.charAt(0).toLowerCase() + local.slice(1);
}
