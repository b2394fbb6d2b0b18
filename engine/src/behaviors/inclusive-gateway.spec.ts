import { describe, expect, test } from 'vitest';
import { history, leftovers } from '../spec-support/instances.js';
import { boundaryEvent, deployed, flow, message, messageEvent, path, process } from '../spec-support/models.js';

const start = '<startEvent id="start"/>';
const checks = `
  <inclusiveGateway id="split" default="split-none"/><inclusiveGateway id="join"/>
  <userTask id="fraud"/><userTask id="income"/><task id="none"/><userTask id="decide"/>
  ${flow('split', 'fraud', '${amount > 10}')} ${flow('split', 'income', '${amount > 100}')} ${flow('split', 'none')}
  ${path('start', 'split')} ${path('fraud', 'join')} ${path('income', 'join')} ${path('none', 'join', 'decide')}`;

describe('an inclusive gateway', () => {
  test('sends a token along every flow whose condition holds, and joins exactly those', async () => {
    const engine = await deployed(process('loan', start, checks));
    const large = engine.start('loan', { amount: 500 });
    expect(large.waitingAt()).toEqual(['fraud', 'income']);
    large.completeTask('fraud');
    expect(large.waitingAt()).toEqual(['income', 'join']);
    large.completeTask('income');
    expect(large.waitingAt()).toEqual(['decide']);
    const small = engine.start('loan', { amount: 50 });
    small.completeTask('fraud');
    expect(small.waitingAt()).toEqual(['decide']);
  });

  test('takes the default flow when no condition holds', async () => {
    const engine = await deployed(process('loan', start, checks));
    expect(engine.start('loan', { amount: 1 }).waitingAt()).toEqual(['decide']);
  });

  test('fails the command when no condition holds and there is no default', async () => {
    const engine = await deployed(
      process(
        'loan',
        start,
        '<inclusiveGateway id="split"/><task id="a"/>',
        path('start', 'split'),
        flow('split', 'a', '${false}'),
      ),
    );
    expect(() => engine.start('loan')).toThrow(/'split'.*no condition holds/);
  });

  test('goes on when a token has come by each way in, though more could still come', async () => {
    const engine = await deployed(
      process(
        'round',
        start,
        '<exclusiveGateway id="again"/><inclusiveGateway id="fork"/><userTask id="one"/><userTask id="two"/>',
        path('start', 'again', 'fork', 'one', 'again') + path('fork', 'two', 'again'),
      ),
    );
    const round = engine.start('round');
    round.completeTask('one');
    expect(round.waitingAt()).toEqual(['one', 'two', 'two']);
  });

  test('does not wait for what only a boundary event could bring, as in Camunda', async () => {
    const engine = await deployed(
      message('urgent'),
      process(
        'order',
        start,
        '<parallelGateway id="split"/><userTask id="wait"/><task id="quick"/><inclusiveGateway id="join"/>',
        '<userTask id="after"/><endEvent id="end"/>',
        boundaryEvent('urgent-wish', 'wait', messageEvent('urgent')),
        path('start', 'split', 'wait', 'end') + path('split', 'quick', 'join', 'after') + path('urgent-wish', 'join'),
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['after', 'wait']);
  });

  test('in a loop does not wait for a token that waits for this one', async () => {
    const engine = await deployed(
      process(
        'review',
        start,
        '<exclusiveGateway id="again"/><parallelGateway id="fork"/><userTask id="read"/><inclusiveGateway id="ask"/>',
        '<userTask id="legal"/><userTask id="tax"/><inclusiveGateway id="answered"/><parallelGateway id="both"/>',
        '<exclusiveGateway id="done" default="enough"/><endEvent id="end"/>',
        path('start', 'again', 'fork', 'read', 'both', 'done') + path('fork', 'ask'),
        flow('ask', 'legal', '${false}') + flow('ask', 'tax', '${true}'),
        path('legal', 'answered') + path('tax', 'answered', 'both'),
        flow('done', 'again', '${more}'),
        '<sequenceFlow id="enough" sourceRef="done" targetRef="end"/>',
      ),
    );
    const review = engine.start('review', { more: false });
    review.completeTask('tax');
    review.completeTask('read');
    expect(review.ended).toBe(true);
  });

  test('is cancelled with its tokens when the instance is deleted', async () => {
    const engine = await deployed(process('loan', start, checks));
    const loan = engine.start('loan', { amount: 500 });
    loan.completeTask('fraud');
    engine.host.run(loan.id, { kind: 'deleteInstance', reason: 'withdrawn' });
    expect(leftovers(engine)).toEqual({});
    expect(history(engine)).toContain('income (canceled)');
  });
});
