export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where each element with an `id` begins: id → line and column of its tag, both from 1. */
export function elementLines(xml: string): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const tags = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<([A-Za-z_][\w.:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;
  let line = 1;
  let lineStart = 0;
  let scanned = 0;
  for (const match of xml.matchAll(tags)) {
    for (let i = xml.indexOf('\n', scanned); i !== -1 && i < match.index; i = xml.indexOf('\n', i + 1)) {
      line++;
      lineStart = i + 1;
    }
    scanned = match.index;
    const id = /\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(match[2] ?? '');
    const value = id?.[1] ?? id?.[2];
    if (value !== undefined && !places.has(value)) places.set(value, { line, column: match.index - lineStart + 1 });
  }
  return places;
}
