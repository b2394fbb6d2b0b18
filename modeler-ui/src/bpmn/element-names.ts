/** Element id → name, for every named element of a BPMN file; what has no name isn't in the map. */
export function elementNames(xml: string): ReadonlyMap<string, string> {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const names = new Map<string, string>();
  for (const element of document.querySelectorAll('[id][name]')) {
    const name = element.getAttribute('name')?.trim();
    if (name) names.set(element.id, name.replace(/\s+/g, ' '));
  }
  return names;
}
