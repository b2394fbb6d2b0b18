import { expect, test } from 'vitest';
import { definitions, path, process } from '../spec-support/models.js';
import { processTest } from '../testing/index.js';
import { readsOfScript, writesOfText } from './text-variables.js';
import { unwrittenVariables } from './variable-use.js';

const FORM = `<startEvent id="s"><extensionElements><camunda:formData><camunda:formField id="amount" type="long"/>
  </camunda:formData></extensionElements></startEvent>`;
const ANY = '<startEvent id="s"/>';
const decides = (condition: string) => `<exclusiveGateway id="g" default="g-e"/><endEvent id="e"/><endEvent id="f"/>
  ${path('g', 'e')}<sequenceFlow id="g-f" sourceRef="g" targetRef="f">
    <conditionExpression xsi:type="tFormalExpression">${condition}</conditionExpression></sequenceFlow>`;

async function unwritten(...elements: readonly string[]) {
  const engine = await processTest();
  await engine.deploy({ 'p.bpmn': definitions(process('p', ...elements)) });
  const model = engine.host.models.get(engine.host.latest.get('p') ?? '');
  if (!model) throw new Error('Expected the process to be deployed');
  return unwrittenVariables(model);
}

test('a condition reads what no form field, result or mapping writes', async () => {
  expect(await unwritten(FORM, path('s', 'g'), decides('${amount &gt; limit}'))).toEqual([
    { name: 'limit', readAt: ['g-f'], confidence: 'certain', mayBeWrittenBy: [] },
  ]);
});

test('whoever starts a process without a form of fields may give every variable', async () => {
  expect(await unwritten(ANY, path('s', 'g'), decides('${limit == 1}'))).toMatchObject([
    { name: 'limit', confidence: 'likely', mayBeWrittenBy: [{ elementId: 's', writer: 'starter' }] },
  ]);
});

test.each([
  ['worker', '<serviceTask id="w" camunda:type="external" camunda:topic="t"/>'],
  ['person', '<userTask id="w"/>'],
  ['worker', '<serviceTask id="w" camunda:class="a.B"/>'],
  [
    'worker',
    '<task id="w"><extensionElements><camunda:executionListener event="end" class="a.B"/></extensionElements></task>',
  ],
  [
    'called process',
    '<callActivity id="w" calledElement="c"><extensionElements><camunda:out variables="all"/></extensionElements></callActivity>',
  ],
  [
    'script',
    '<scriptTask id="w" scriptFormat="javascript"><script>execution.setVariable("a" + 1, 2)</script></scriptTask>',
  ],
])('a %s may write what the model does not name', async (writer, element) => {
  expect(await unwritten(FORM, element, path('s', 'w', 'g'), decides('${limit == 1}'))).toMatchObject([
    { name: 'limit', confidence: 'possible', mayBeWrittenBy: [{ elementId: 'w', writer }] },
  ]);
});

test.each([
  '<scriptTask id="w" scriptFormat="javascript" camunda:resultVariable="limit"><script>1</script></scriptTask>',
  '<scriptTask id="w" scriptFormat="javascript"><script>execution.setVariable("limit", 2)</script></scriptTask>',
  '<serviceTask id="w" camunda:expression="${1}" camunda:resultVariable="limit"/>',
  '<task id="w"><extensionElements><camunda:inputOutput><camunda:outputParameter name="limit">1</camunda:outputParameter></camunda:inputOutput></extensionElements></task>',
  '<callActivity id="w" calledElement="c"><extensionElements><camunda:out source="x" target="limit"/></extensionElements></callActivity>',
  '<businessRuleTask id="w" camunda:decisionRef="d" camunda:resultVariable="limit"/>',
  '<userTask id="w"><extensionElements><camunda:formData><camunda:formField id="limit" type="long"/></camunda:formData></extensionElements></userTask>',
  '<task id="w"><extensionElements><camunda:executionListener event="end" expression="${execution.setVariable(\'limit\', 1)}"/></extensionElements></task>',
  '<task id="w"><multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="limit"/></task>',
])('a variable that is written is not named: %s', async (element) => {
  const found = await unwritten(FORM, element, path('s', 'w', 'g'), decides('${limit == 1}'));
  expect(found.filter(({ name }) => name === 'limit')).toEqual([]);
});

test('a call activity reads what it passes on, a loop its collection', async () => {
  const call =
    '<callActivity id="c" calledElement="x"><extensionElements><camunda:in source="passed" target="y"/></extensionElements></callActivity>';
  const loop = '<task id="l"><multiInstanceLoopCharacteristics camunda:collection="list"/></task>';
  const found = await unwritten(FORM, call, loop, '<endEvent id="e"/>', path('s', 'c', 'l', 'e'));
  expect(found.map(({ name, readAt }) => [name, readAt])).toEqual([
    ['list', ['l#multiInstanceBody']],
    ['passed', ['c']],
  ]);
});

test('what a script seems to read is only possible', async () => {
  const script = '<scriptTask id="w" scriptFormat="javascript"><script>var x = other + 1; x</script></scriptTask>';
  expect(await unwritten(FORM, script, '<endEvent id="e"/>', path('s', 'w', 'e'))).toMatchObject([
    { name: 'other', readAt: ['w'], confidence: 'possible' },
  ]);
});

test.each([
  ['a + b.c', ['a', 'b']],
  ['var x = a; let y = x; y', ['a']],
  ["execution.getVariable('inner') + 'text with words'", ['inner']],
  ['function f(p) { return p + q; } f(1)', ['q']],
  ['list.map((item) => item.price).length', ['list']],
  ['// comment words\n/* more */ JSON.stringify({ key: value })', ['value']],
  ['`Dear ${name}, hello`', ['name']],
  ['result = total * 2', ['total']],
])('%s seems to read %j', (source, names) => {
  expect(readsOfScript(source)).toEqual(names);
});

test('a script writes by name, or by a name that it computes', () => {
  expect(writesOfText('execution.setVariable(\'a\', 1); execution.setVariableLocal("b", 2)')).toEqual({
    names: ['a', 'b'],
    isOpen: false,
  });
  expect(writesOfText('execution.setVariable(name, 1)')).toEqual({ names: [], isOpen: true });
  expect(writesOfText('execution.setVariables(map)')).toEqual({ names: [], isOpen: true });
});
