import { describe, expect, test } from 'vitest';
import { leftovers, onlyRow, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  deployed,
  error,
  errorEvent,
  eventSubProcess,
  externalTask,
  mappings,
  path,
  process,
  subProcess,
} from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const throwing = (
  event: string,
) => `<camunda:executionListener event="${event}"><camunda:script scriptFormat="javascript">
  throw new BpmnError('broke')</camunda:script></camunda:executionListener>`;
const repair = `${boundaryEvent('failed', 'inner', errorEvent('broke'))}<userTask id="repair"/>${path('failed', 'repair')}`;

describe('a BPMN error', () => {
  test('is caught by the innermost event: the event sub-process before the border of the same scope', async () => {
    const engine = await deployed(
      error('broke'),
      process(
        'order',
        start,
        subProcess(
          'inner',
          '<startEvent id="begin"/>',
          externalTask('charge'),
          eventSubProcess(
            'recovery',
            `<startEvent id="caught">${errorEvent('broke')}</startEvent><userTask id="inside"/>`,
            path('caught', 'inside'),
          ),
          path('begin', 'charge'),
        ),
        repair,
        path('start', 'inner'),
      ),
    );
    const order = engine.start('order');
    order.throwError('charge', 'broke');
    expect(order.waitingAt()).toEqual(['inside']);
  });

  test('can be thrown by somebody who works on a user task', async () => {
    const engine = await deployed(
      error('broke'),
      process('order', start, '<userTask id="inner"/>', repair, path('start', 'inner')),
    );
    const order = engine.start('order');
    const taskId = onlyRow(engine, 'userTask').id;
    send(engine, order.id, { kind: 'throwTaskError', taskId, errorCode: 'broke', errorMessage: null, variables: {} });
    expect(order.waitingAt()).toEqual(['repair']);
  });

  test.each(['start', 'end'])('thrown by a %s listener is caught outside the activity', async (event) => {
    const engine = await deployed(
      error('broke'),
      process(
        'order',
        start,
        subProcess(
          'inner',
          '<startEvent id="begin"/>',
          `<task id="work"><extensionElements>${throwing(event)}</extensionElements></task>`,
          path('begin', 'work'),
        ),
        repair,
        path('start', 'inner'),
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['repair']);
  });

  test('that nobody catches ends the path, also when a listener throws it at the end', async () => {
    for (const event of ['start', 'end']) {
      const engine = await deployed(
        process(
          'order',
          start,
          `<userTask id="work"><extensionElements>${throwing(event)}</extensionElements></userTask>`,
          path('start', 'work'),
        ),
      );
      const order = engine.start('order');
      if (event === 'end') order.completeTask('work');
      expect(order.ended).toBe(true);
      expect(leftovers(engine)).toEqual({});
    }
  });

  test('runs the output mappings of what it cancels', async () => {
    const engine = await deployed(
      error('broke'),
      process(
        'order',
        start,
        externalTask('inner', 'charge', mappings({ tries: '1' }, { tried: '${tries}' })),
        repair,
        path('start', 'inner'),
      ),
    );
    const order = engine.start('order');
    order.throwError('charge', 'broke');
    expect(order.variables()).toEqual({ tried: '1' });
  });

  test('thrown on a sequence flow is caught in the scope around it, else the path ends', async () => {
    const flow = `<sequenceFlow id="f" sourceRef="start" targetRef="work"><extensionElements>${throwing('take')}</extensionElements></sequenceFlow>`;
    const engine = await deployed(process('order', start, '<task id="work"/>', flow));
    expect(engine.start('order').ended).toBe(true);
    const handler = eventSubProcess(
      'handler',
      `<startEvent id="caught">${errorEvent('broke')}</startEvent><userTask id="help"/>`,
      path('caught', 'help'),
    );
    const catching = await deployed(error('broke'), process('order', start, '<task id="work"/>', flow, handler));
    expect(catching.start('order').waitingAt()).toEqual(['help']);
  });
});
