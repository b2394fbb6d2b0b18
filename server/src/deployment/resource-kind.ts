/** What a deployed file is, by its name, as Camunda tells them apart. Everything but models is kept as it is. */
export type ResourceKind = 'process' | 'decision' | 'other';

const SUFFIXES: readonly (readonly [suffix: string, kind: ResourceKind])[] = [
  ['.bpmn20.xml', 'process'],
  ['.bpmn', 'process'],
  ['.bpmn.xml', 'process'],
  ['.dmn11.xml', 'decision'],
  ['.dmn', 'decision'],
  ['.dmn.xml', 'decision'],
];

const DIAGRAM_SUFFIXES = ['svg', 'png', 'jpg', 'gif'];

export function resourceKind(name: string): ResourceKind {
  return SUFFIXES.find(([suffix]) => name.endsWith(suffix))?.[1] ?? 'other';
}

/** Of `loan.bpmn` with the process `check`: `loan.check.png`, else `loan.png` (or another kind of image), if it's among the names. */
export function findDiagram(resourceName: string, key: string, names: ReadonlySet<string>): string | null {
  const suffix = SUFFIXES.find(([end]) => resourceName.endsWith(end))?.[0] ?? '';
  const base = resourceName.slice(0, resourceName.length - suffix.length);
  const candidates = [`${base}.${key}`, base].flatMap((stem) => DIAGRAM_SUFFIXES.map((image) => `${stem}.${image}`));
  return candidates.find((name) => names.has(name)) ?? null;
}

/** An attribute of an XML document's root element; null when it isn't there. The document is known to be well-formed. */
export function rootAttribute(xml: string, attribute: string): string | null {
  const root = /<(?![?!])[^>]*>/.exec(xml)?.[0] ?? '';
  const match = new RegExp(`\\s${attribute}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(root);
  return match ? (match[1] ?? match[2] ?? null) : null;
}
