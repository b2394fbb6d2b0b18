import { expect, test } from 'vitest';
import { createScriptHost } from '../expression/javascript-host.js';
import { parseBpmn } from '../index.js';
import { reachableElements } from './reachable-elements.js';

const scripts = await createScriptHost();

async function modelOf(inside: string) {
  const xml = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
    <bpmn:process id="p" isExecutable="true" camunda:historyTimeToLive="1">${inside}</bpmn:process></bpmn:definitions>`;
  const { processes } = await parseBpmn(xml, 'p.bpmn', scripts);
  return processes[0]!;
}
const flow = (from: string, to: string) =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;
const reached = (model: Awaited<ReturnType<typeof modelOf>>, ...active: string[]) =>
  [...reachableElements(model, active)].sort();

const LINE = `<bpmn:startEvent id="s" /><bpmn:userTask id="a" /><bpmn:userTask id="b" /><bpmn:endEvent id="e" />
  ${flow('s', 'a')}${flow('a', 'b')}${flow('b', 'e')}`;

test('what has been passed is not reached again, unless a loop leads back', async () => {
  expect(reached(await modelOf(LINE), 'p', 'b')).toEqual(['b', 'e', 'p']);
  const loop = `${LINE}<bpmn:boundaryEvent id="late" attachedToRef="b"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>${flow('late', 'a')}`;
  expect(reached(await modelOf(loop), 'p', 'b')).toEqual(['a', 'b', 'e', 'late', 'p']);
});

const NESTED = `<bpmn:startEvent id="s" /><bpmn:subProcess id="sub">
    <bpmn:startEvent id="is" /><bpmn:userTask id="first" /><bpmn:userTask id="second" />${flow('is', 'first')}${flow('first', 'second')}
  </bpmn:subProcess><bpmn:userTask id="after" />${flow('s', 'sub')}${flow('sub', 'after')}`;

test('inside a sub-process only what comes after the token; a sub-process that is yet to come counts whole', async () => {
  const model = await modelOf(NESTED);
  expect(reached(model, 'p', 'sub', 'second')).toEqual(['after', 'p', 'second', 'sub']);
  expect(reached(model, 'p', 's')).toEqual(['after', 'first', 'is', 'p', 's', 'second', 'sub']);
});

test('a sub-process that a loop comes back to counts whole again', async () => {
  const model = await modelOf(`${NESTED}${flow('after', 'sub')}`);
  expect(reached(model, 'p', 'sub', 'second')).toContain('first');
});

test('an event sub-process may always come', async () => {
  const model = await modelOf(`${LINE}<bpmn:subProcess id="stop" triggeredByEvent="true"><bpmn:startEvent id="stopped">
    <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>
    <bpmn:userTask id="report" />${flow('stopped', 'report')}</bpmn:subProcess>`);
  expect(reached(model, 'p', 'b')).toEqual(['b', 'e', 'p', 'report', 'stop', 'stopped']);
});

test('an activity that is repeated may begin again, and its body goes on afterwards', async () => {
  const model =
    await modelOf(`<bpmn:startEvent id="s" /><bpmn:subProcess id="each"><bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>
      <bpmn:startEvent id="is" /><bpmn:userTask id="x" /><bpmn:userTask id="y" />${flow('is', 'x')}${flow('x', 'y')}</bpmn:subProcess>
    <bpmn:userTask id="after" />${flow('s', 'each')}${flow('each', 'after')}`);
  expect(reached(model, 'p', 'each#multiInstanceBody', 'each', 'y')).toEqual(
    expect.arrayContaining(['x', 'y', 'after']),
  );
});
