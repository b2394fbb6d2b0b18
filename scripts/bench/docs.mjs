import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- written by npm run bench -->';
const END = '<!-- until here -->';

/** Puts the table between the marks in the document, in place of what an earlier run wrote. @throws Error without marks */
export function writeDocs(path, title, markdown) {
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`Expected the marks '${BEGIN}' and '${END}' in ${path}`);
  writeFileSync(path, `${text.slice(0, begin)}${BEGIN}\n### ${title}\n\n${markdown}${text.slice(end)}`);
}
