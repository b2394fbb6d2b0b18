/** Comments, CDATA sections and start tags: only the last are looked into. */
const MARKUP = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[A-Za-z_](?:[^<>"']|"[^"]*"|'[^']*')*>/g;
const ATTRIBUTE = /([\w:.-]+)(\s*)=(\s*)("[^"]*"|'[^']*')/g;
/** Prefixes of elements and attributes that no `xmlns:…` of the document declares. Source: Namespaces in XML 1.0 §5. */
export function undeclaredPrefixes(xml: string): string[] {
  const declared = new Set(['xml', 'xmlns']);
  for (const [, prefix = ''] of xml.matchAll(/\sxmlns:([\w.-]+)\s*=/g)) declared.add(prefix);
  const used = new Set<string>();
  for (const [tag] of xml.matchAll(MARKUP)) {
    if (tag.startsWith('<!')) continue;
    const bare = tag.replace(/"[^"]*"|'[^']*'/g, '');
    for (const [, prefix = ''] of bare.matchAll(/[<\s]([\w.-]+):[\w.-]/g)) used.add(prefix);
  }
  return [...used].filter((prefix) => !declared.has(prefix));
}

/** Attributes that XML Schema collapses the white space of: ids and references to them. */
const REFERENCE = /^(?:id|default|bpmnElement|\w+Ref)$/;

/**
 * Writes start tags the way the reader of documents understands them: no white space around `=`, none around ids.
 * Lines stay where they are.
 * Source: XML 1.0 §3.1 (Eq), XML Schema Part 2 §3.3.8 (ID) and §4.3.6 (whiteSpace).
 */
export function normalizeXml(xml: string): string {
  return xml.replace(MARKUP, (markup) => {
    if (markup.startsWith('<!')) return markup;
    return markup.replace(ATTRIBUTE, (attribute, name: string, before: string, after: string, quoted: string) => {
      const value = quoted.slice(1, -1);
      const trimmed = REFERENCE.test(name) ? value.trim() : value;
      if (before === '' && after === '' && trimmed === value) return attribute;
      const quote = quoted.charAt(0);
      return `${name}=${quote}${trimmed}${quote}${before}${after}`;
    });
  });
}
