import { expect, test } from 'vitest';
import { elementLines } from './element-lines.js';

test('finds the line and column of every element with an id', () => {
  const xml = `<?xml version="1.0"?>
<!-- <a id="commented"/>
-->
<a id="one">
  <b name="x > y"
     id = 'two'/><c id="three"/>
  <![CDATA[ <d id="quoted"/> ]]>
  <e dataid="no" xml:id="no either"/>
</a>`;
  expect([...elementLines(xml)].map(([id, { line, column }]) => [id, line, column])).toEqual([
    ['one', 4, 1],
    ['two', 5, 3],
    ['three', 6, 18],
  ]);
});

test('reads a large document in one go', () => {
  const xml = Array.from({ length: 20_000 }, (_, i) => `<a id="e${i}" text="${'x'.repeat(20)}"/>`).join('\n');
  expect(elementLines(xml).get('e19999')).toEqual({ line: 20_000, column: 1 });
});
