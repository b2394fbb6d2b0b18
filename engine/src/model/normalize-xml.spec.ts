import { expect, test } from 'vitest';
import { normalizeXml, undeclaredPrefixes } from './normalize-xml.js';

test('white space around an equals sign moves behind the value, with its line breaks', () => {
  expect(normalizeXml('<a name =\n "x" b="y"/>')).toBe('<a name="x" \n  b="y"/>');
});

test('ids and references lose the white space around them, other attributes keep it', () => {
  expect(normalizeXml('<a id=" x " sourceRef="y " name=" z "/>')).toBe('<a id="x" sourceRef="y" name=" z "/>');
});

test('text, comments and CDATA sections stay as they are', () => {
  const xml = '<!-- a = "b" --><a>x = "y"<![CDATA[ <b c = "d"> ]]></a>';
  expect(normalizeXml(xml)).toBe(xml);
});

test('a value with an equals sign and quotes of the other kind stays as it is', () => {
  const xml = `<a x='b = "c"' y="\${d == 'e'}"/>`;
  expect(normalizeXml(xml)).toBe(xml);
});

test('prefixes that nobody declares are found, wherever the others are declared', () => {
  expect(undeclaredPrefixes('<a xmlns:b="x" b:c="d:e"><b:f g:h="1" xml:lang="en"/><!-- <i:j/> --></a>')).toEqual(['g']);
});
