/// <reference path="./dmn-moddle.d.ts" />
import { DmnModdle } from 'dmn-moddle';

/** An element of the DMN object model as dmn-moddle reads it, as far as it is looked at here. */
export interface DmnElement {
  readonly $type: string;
  readonly $attrs: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly name?: string;
  get(property: string): unknown;
}

export interface DmnDocument {
  readonly rootElement: DmnElement;
  readonly warnings: readonly { readonly message: string }[];
}

const MODEL_13 = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
/** DMN 1.1, 1.2, 1.4 and 1.5: what decision tables and literal expressions consist of is the same in all of them. */
const OTHER_MODELS = [
  'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
  'http://www.omg.org/spec/DMN/20151101/dmn11.xsd',
  'http://www.omg.org/spec/DMN/20180521/MODEL/',
  'https://www.omg.org/spec/DMN/20211108/MODEL/',
  'https://www.omg.org/spec/DMN/20230324/MODEL/',
];
const CAMUNDA = 'http://camunda.org/schema/1.0/dmn';
/** Operaton kept the dialect and renamed its namespace. */
const OPERATON = 'http://operaton.org/schema/1.0/dmn';

/** Reads XML into the DMN object model. Rejects with moddle's error when it isn't XML or its root isn't `definitions`. */
export async function readDmn(xml: string): Promise<DmnDocument> {
  let text = xml;
  for (const namespace of OTHER_MODELS) text = replaceNamespace(text, namespace, MODEL_13);
  text = replaceNamespace(text, OPERATON, CAMUNDA);
  const moddle = new DmnModdle({ camunda: { name: 'Camunda', prefix: 'camunda', uri: CAMUNDA, types: [] } });
  return (await moddle.fromXML(text)) as DmnDocument;
}

/** The children or values under a property; an empty list where there are none. */
export function many(element: DmnElement, property: string): readonly DmnElement[] {
  return (element.get(property) as readonly DmnElement[] | undefined) ?? [];
}

export function one(element: DmnElement, property: string): DmnElement | null {
  return (element.get(property) as DmnElement | undefined) ?? null;
}

/** A text property, trimmed; null where it is missing or blank. */
export function text(element: DmnElement, property: string): string | null {
  const value = element.get(property);
  const trimmed = typeof value === 'string' ? value.trim() : '';
  return trimmed === '' ? null : trimmed;
}

/** An attribute of Camunda's dialect; null where it is missing or blank. */
export function camunda(element: DmnElement, name: string): string | null {
  return element.$attrs[`camunda:${name}`]?.trim() || null;
}

function replaceNamespace(xml: string, from: string, to: string): string {
  return xml.replaceAll(`"${from}"`, `"${to}"`).replaceAll(`'${from}'`, `'${to}'`);
}
