import { describe, expect, test } from 'vitest';
import { leftovers } from '../spec-support/instances.js';
import { definitions, deployed, path, process, refusals } from '../spec-support/models.js';

const notify = '<sendTask id="notify" camunda:type="external" camunda:topic="mail"/>';

describe('a send task', () => {
  test('is done by a worker', async () => {
    const engine = await deployed(process('order', '<startEvent id="start"/>', notify, path('start', 'notify')));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['notify']);
    order.completeExternalTask('mail');
    expect(order.path()).toEqual(['start', 'notify']);
    expect(leftovers(engine)).toEqual({});
  });

  test('must say how it is sent', async () => {
    const model = definitions(
      process('order', '<startEvent id="start"/><sendTask id="notify"/>', path('start', 'notify')),
    );
    expect(await refusals(model)).toMatchObject([
      { elementId: 'notify', message: expect.stringContaining('a send task') },
    ]);
  });
});
