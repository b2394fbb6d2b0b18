import { expect, test } from 'vitest';
import { rowsOf } from '../spec-support/instances.js';
import { deployed, path, process, subProcess } from '../spec-support/models.js';

test('abstract and manual tasks are passed through and leave their trace in the history', async () => {
  const engine = await deployed(
    process(
      'order',
      '<startEvent id="start"/>',
      subProcess(
        'inner',
        '<startEvent id="begin"/><task id="think"/><manualTask id="file"/>',
        path('begin', 'think', 'file'),
      ),
      path('start', 'inner'),
    ),
  );
  const order = engine.start('order');
  expect(order.ended).toBe(true);
  const visits = rowsOf(engine, 'historicActivityInstance').map(({ elementId, elementType }) => [
    elementId,
    elementType,
  ]);
  expect(visits).toEqual([
    ['start', 'startEvent'],
    ['inner', 'subProcess'],
    ['begin', 'startEvent'],
    ['think', 'task'],
    ['file', 'manualTask'],
  ]);
});

test('an activity without outgoing flows ends its path', async () => {
  const engine = await deployed(process('order', '<startEvent id="start"/><task id="last"/>', path('start', 'last')));
  const order = engine.start('order');
  expect(order.ended).toBe(true);
  expect(rowsOf(engine, 'historicProcessInstance')[0]?.endActivityId).toBe('last');
});

test('an activity with several outgoing flows sends a token along each whose condition holds', async () => {
  const flows = `<sequenceFlow id="f" sourceRef="choose" targetRef="c">
    <conditionExpression xsi:type="tFormalExpression">\${rush}</conditionExpression></sequenceFlow>`;
  const engine = await deployed(
    process(
      'order',
      '<startEvent id="start"/><task id="choose"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>',
      path('start', 'choose', 'a') + path('choose', 'b') + flows,
    ),
  );
  expect(engine.start('order', { rush: false }).waitingAt()).toEqual(['a', 'b']);
  expect(engine.start('order', { rush: true }).waitingAt()).toEqual(['a', 'b', 'c']);
});
