import { describe, expect, test } from 'vitest';
import { deployed, flow, path, process } from '../spec-support/models.js';

/** Writes down what it hears and where. */
const notes = (...events: readonly string[]) =>
  `<extensionElements>${events
    .map(
      (event) =>
        `<camunda:executionListener event="${event}" expression="\${execution.setVariable('log', log.concat(execution.eventName).concat(' ').concat(execution.currentActivityId).concat('; '))}"/>`,
    )
    .join('')}</extensionElements>`;

describe('an execution listener', () => {
  test('of a process stands at its start and end events', async () => {
    const engine = await deployed(
      process('p', notes('start', 'end'), '<startEvent id="begin"/><endEvent id="done"/>', path('begin', 'done')),
    );
    const instance = engine.start('p', { log: '' });
    expect(instance.variables()).toEqual({ log: 'start begin; end done; ' });
  });

  test('of a flow stands at the element that the flow leaves, whatever event it names', async () => {
    const taken = (event: string, from: string, to: string) =>
      `<sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${notes(event)}</sequenceFlow>`;
    const engine = await deployed(
      process(
        'p',
        '<startEvent id="begin"/><task id="work"/><userTask id="after"/>',
        taken('take', 'begin', 'work'),
        taken('start', 'work', 'after'),
      ),
    );
    expect(engine.start('p', { log: '' }).variables()).toEqual({ log: 'take begin; take work; ' });
  });

  test('of a join hears the end of each token', async () => {
    const engine = await deployed(
      process(
        'p',
        '<startEvent id="begin"/><parallelGateway id="fork"/><task id="a"/><task id="b"/><userTask id="after"/>',
        `<parallelGateway id="join">${notes('start', 'end')}</parallelGateway>`,
        path('begin', 'fork', 'a', 'join', 'after'),
        flow('fork', 'b'),
        flow('b', 'join'),
      ),
    );
    expect(engine.start('p', { log: '' }).variables()).toEqual({
      log: 'start join; start join; end join; end join; ',
    });
  });
});
