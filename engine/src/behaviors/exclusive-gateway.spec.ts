import { describe, expect, test } from 'vitest';
import { runJobAt } from '../spec-support/instances.js';
import { deployed, flow, path, process, subProcess } from '../spec-support/models.js';

const choice = `
  <exclusiveGateway id="size" default="size-small"/>
  <userTask id="huge"/><userTask id="large"/><userTask id="small"/>
  ${flow('size', 'huge', '${amount > 1000}')} ${flow('size', 'large', '${amount > 100}')} ${flow('size', 'small')}`;

describe('an exclusive gateway', () => {
  test('sends the token along the first flow whose condition holds, else along the default', async () => {
    const engine = await deployed(process('order', '<startEvent id="start"/>', choice, flow('start', 'size')));
    expect(engine.start('order', { amount: 5000 }).waitingAt()).toEqual(['huge']);
    expect(engine.start('order', { amount: 500 }).waitingAt()).toEqual(['large']);
    expect(engine.start('order', { amount: 5 }).waitingAt()).toEqual(['small']);
  });

  test('fails the command when no condition holds and there is no default', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start"/><exclusiveGateway id="size"/><task id="a"/><task id="b"/>',
        flow('start', 'size') + flow('size', 'a', '${amount == 1}') + flow('size', 'b', '${amount == 2}'),
      ),
    );
    expect(() => engine.start('order', { amount: 3 })).toThrow(/'size'.*no condition holds and there is no default/);
    expect(engine.host.instances.size).toBe(0);
    expect(engine.host.rows.historicProcessInstance.size).toBe(0);
  });

  test('takes a flow without a condition when it comes to it, where no default is named', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start"/><exclusiveGateway id="size"/><userTask id="a"/><userTask id="b"/>',
        flow('start', 'size') + flow('size', 'a', '${amount == 1}') + flow('size', 'b'),
      ),
    );
    expect(engine.start('order', { amount: 1 }).waitingAt()).toEqual(['a']);
    expect(engine.start('order', { amount: 2 }).waitingAt()).toEqual(['b']);
  });

  test('decides inside a sub-process', async () => {
    const inside = subProcess('inner', '<startEvent id="begin"/>', choice, flow('begin', 'size'));
    const engine = await deployed(process('order', '<startEvent id="start"/>', inside, flow('start', 'inner')));
    expect(engine.start('order', { amount: 500 }).waitingAt()).toEqual(['large']);
  });

  test('merges without waiting for the other tokens', async () => {
    const engine = await deployed(
      process(
        'order',
        `<startEvent id="start"/><parallelGateway id="fork"/><task id="a"/><task id="b"/>
        <exclusiveGateway id="merge"/><userTask id="after"/>`,
        path('start', 'fork', 'a', 'merge', 'after') + path('fork', 'b', 'merge'),
      ),
    );
    expect(engine.start('order').waitingAt()).toEqual(['after', 'after']);
  });

  test('decides anew in its own transaction when it is asyncBefore, and fails only its job', async () => {
    const engine = await deployed(
      process(
        'order',
        '<startEvent id="start"/>',
        choice.replace('<exclusiveGateway', '<exclusiveGateway camunda:asyncBefore="true"'),
        flow('start', 'size'),
      ),
    );
    engine.runJobs = false;
    const order = engine.start('order');
    expect(() => runJobAt(engine, 'size')).toThrow(/amount/);
    expect(order.waitingAt()).toEqual(['size']);
    order.setVariables({ amount: 500 });
    runJobAt(engine, 'size');
    expect(order.waitingAt()).toEqual(['large']);
  });
});
