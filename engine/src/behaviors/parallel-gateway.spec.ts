import { describe, expect, test } from 'vitest';
import { history, leftovers, runJobAt, send } from '../spec-support/instances.js';
import { boundaryEvent, deployed, message, messageEvent, path, process, subProcess } from '../spec-support/models.js';

const forkAndJoin = `
  <parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/><parallelGateway id="join"/>
  ${path('fork', 'a', 'join')} ${path('fork', 'b', 'join')}`;

describe('a parallel gateway', () => {
  test('waits for all paths, and goes on once', async () => {
    const engine = await deployed(process('order', '<startEvent id="start"/>', forkAndJoin, path('start', 'fork')));
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['a', 'b']);
    order.completeTask('b');
    expect(order.waitingAt()).toEqual(['a', 'join']);
    order.completeTask('a');
    expect(order.ended).toBe(true);
    expect(order.path().filter((id) => id === 'join')).toHaveLength(2); // one visit for each token, as in Camunda
    expect(leftovers(engine)).toEqual({});
  });

  test('joins inside a sub-process that is left when the joined path has ended', async () => {
    const inside = subProcess('inner', '<startEvent id="begin"/>', forkAndJoin, path('begin', 'fork'));
    const engine = await deployed(
      process('order', '<startEvent id="start"/>', inside, '<userTask id="after"/>', path('start', 'inner', 'after')),
    );
    const order = engine.start('order');
    order.completeTask('a');
    expect(order.waitingAt()).toEqual(['b', 'join']);
    order.completeTask('b');
    expect(order.waitingAt()).toEqual(['after']);
  });

  test('drops a token that waits for the others when its scope is cancelled', async () => {
    const inside = subProcess('inner', '<startEvent id="begin"/>', forkAndJoin, path('begin', 'fork'));
    const engine = await deployed(
      message('stop'),
      process(
        'order',
        '<startEvent id="start"/>',
        inside,
        boundaryEvent('stopped', 'inner', messageEvent('stop')),
        path('start', 'inner'),
      ),
    );
    const order = engine.start('order');
    order.completeTask('a');
    engine.message('stop');
    expect(order.ended).toBe(true);
    expect(history(engine)).toEqual(
      expect.arrayContaining(['join (canceled)', 'b (canceled)', 'inner (canceled)', 'stopped']),
    );
    expect(leftovers(engine)).toEqual({});
  });

  test('waits for ever when a path that it expects was never taken', async () => {
    const engine = await deployed(
      process(
        'order',
        `<startEvent id="start"/><exclusiveGateway id="either" default="either-a"/><task id="a"/><task id="b"/>
        <parallelGateway id="join"/><sequenceFlow id="either-b" sourceRef="either" targetRef="b">
        <conditionExpression xsi:type="tFormalExpression">\${false}</conditionExpression></sequenceFlow>`,
        path('start', 'either', 'a', 'join') + path('b', 'join'),
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['join']);
  });

  test('counts tokens, whichever flow they came by: two on one path and none on the other are enough', async () => {
    const engine = await deployed(
      process(
        'order',
        `<startEvent id="start"/><parallelGateway id="fork"/><exclusiveGateway id="merge"/><userTask id="never"/>
        <parallelGateway id="join"/><userTask id="after"/>`,
        path('start', 'fork', 'merge', 'join', 'after') + path('never', 'join'),
        '<sequenceFlow id="again" sourceRef="fork" targetRef="merge"/>',
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['after']);
  });

  test('leaves the third token waiting for a fourth when only two come together', async () => {
    const engine = await deployed(
      process(
        'order',
        `<startEvent id="start"/><parallelGateway id="fork"/><task id="a"/><task id="b"/><task id="c"/>
        <exclusiveGateway id="merge"/><parallelGateway id="join"/><userTask id="after"/>`,
        path('start', 'fork', 'a', 'merge', 'join', 'after') + path('fork', 'b', 'merge') + path('fork', 'c', 'join'),
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['after', 'join']);
  });

  test('lets every path of a fork come to its own end before the scope ends', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start"/><parallelGateway id="fork"/><endEvent id="done"/><userTask id="work"/>',
        path('start', 'fork', 'done') + path('fork', 'work'),
      ),
    );
    const order = engine.start('order');
    expect(order.waitingAt()).toEqual(['work']);
    order.completeTask('work');
    expect(order.ended).toBe(true);
  });

  test('counts only tokens that have arrived when the join is asyncBefore', async () => {
    const engine = await deployed(
      process(
        'order',
        `<startEvent id="start"/><parallelGateway id="fork"/>
        <parallelGateway id="join" camunda:asyncBefore="true"/><userTask id="after"/>`,
        path('start', 'fork', 'join', 'after'),
        '<sequenceFlow id="second" sourceRef="fork" targetRef="join"/>',
      ),
    );
    engine.runJobs = false;
    const order = engine.start('order');
    const [first, second] = [...engine.host.rows.job.values()];
    send(engine, order.id, { kind: 'executeJob', jobId: first!.id });
    expect(order.waitingAt()).toEqual(['join', 'join']);
    expect(second).toMatchObject({ elementId: 'join', configuration: 'async-before' });
    runJobAt(engine, 'join');
    expect(order.waitingAt()).toEqual(['after']);
  });
});
