import { describe, expect, test } from 'vitest';
import { rowsOf } from '../spec-support/instances.js';
import { definitions, deployed, message, path, process, refusals } from '../spec-support/models.js';

const start = '<startEvent id="start"/>';

describe('an intermediate throw event', () => {
  test('without a definition marks that a point was reached', async () => {
    const engine = await deployed(
      process('order', start, '<intermediateThrowEvent id="reached"/>', path('start', 'reached')),
    );
    expect(engine.start('order').path()).toEqual(['start', 'reached']);
    expect(rowsOf(engine, 'historicActivityInstance').map(({ elementType }) => elementType)).toEqual([
      'startEvent',
      'intermediateNoneThrowEvent',
    ]);
  });

  test('with a message has a worker send it', async () => {
    const definition = '<messageEventDefinition messageRef="hello" camunda:type="external" camunda:topic="mail"/>';
    const event = `<intermediateThrowEvent id="greet">${definition}</intermediateThrowEvent>`;
    const engine = await deployed(message('hello'), process('order', start, event, path('start', 'greet')));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['greet']);
    order.completeExternalTask('mail');
    expect(order.ended).toBe(true);
  });

  test('is refused with a definition that nobody can throw', async () => {
    const event = '<intermediateThrowEvent id="shout"><terminateEventDefinition id="s"/></intermediateThrowEvent>';
    const model = definitions(process('order', start, event, path('start', 'shout')));
    expect(await refusals(model)).toMatchObject([
      { elementId: 'shout', message: expect.stringContaining("'terminate'") },
    ]);
  });
});
