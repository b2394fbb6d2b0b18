import { expect, test } from 'vitest';
import * as m from './spec-support/models.js';
test('x', async () => {
  const e = await m.deployed(m.process('p', `<startEvent id="s"/><exclusiveGateway id="g"/>`, m.path('s','g'), `<userTask id="a"/><userTask id="b"/><sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>\${x == 1}</conditionExpression></sequenceFlow>`, m.flow('g','b','${x == 2}'), m.boundaryEvent('t','a',m.timerEvent('timeDuration','PT1H'))));
  expect(e.start('p',{x:1}).waitingAt()).toEqual(['a']);
  console.log(e.host.rows.job);
});
