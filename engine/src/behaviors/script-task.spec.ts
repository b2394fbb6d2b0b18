import { describe, expect, test } from 'vitest';
import { onlyRow } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  error,
  errorEvent,
  parsed,
  path,
  process,
  refusals,
  subProcess,
} from '../spec-support/models.js';
import { processTest } from '../testing/process-test.js';

const start = '<startEvent id="start"/>';
const script = (source: string, attributes = '') =>
  `<scriptTask id="compute" scriptFormat="javascript"${attributes}><script><![CDATA[${source}]]></script></scriptTask>`;
const order = (task: string, rest = '') =>
  process('order', start, task, '<userTask id="after"/>', rest, path('start', 'compute', 'after'));

describe('a script task', () => {
  test('computes with the variables and keeps its value as the result', async () => {
    const engine = await deployed(order(script('amount * 2', ' camunda:resultVariable="double"')));
    expect(engine.start('order', { amount: 21 }).variables()).toEqual({ amount: 21, double: 42 });
  });

  test('without a value leaves the result variable as it is', async () => {
    const engine = await deployed(order(script('var unused = 1; undefined', ' camunda:resultVariable="sum"')));
    expect(engine.start('order').variables()).toEqual({});
    expect(engine.start('order', { sum: 1 }).variables()).toEqual({ sum: 1 });
  });

  test('sets variables of the process', async () => {
    const engine = await deployed(order(script("execution.setVariable('state', 'checked');")));
    expect(engine.start('order').variables()).toEqual({ state: 'checked' });
  });

  test('fails the command when it fails, and nothing has happened', async () => {
    const engine = await deployed(order(script("execution.setVariable('state', 'checked'); missing.name")));
    expect(() => engine.start('order')).toThrow(/missing/);
    expect(engine.host.rows.variable.size).toBe(0);
  });

  test('throws a BPMN error that is caught at its border or outside its sub-process', async () => {
    const task = script("throw new BpmnError('broke', 'no money')");
    const failed = `<userTask id="repair"/>${path('failed', 'repair')}`;
    const direct = await deployed(
      error('broke'),
      order(task, boundaryEvent('failed', 'compute', errorEvent('broke')) + failed),
    );
    expect(direct.start('order').waitingAt()).toEqual(['repair']);
    const nested = await deployed(
      error('broke'),
      process(
        'order',
        start,
        subProcess('inner', '<startEvent id="begin"/>', task, path('begin', 'compute')),
        boundaryEvent('failed', 'inner', errorEvent('broke')) + failed,
        path('start', 'inner'),
      ),
    );
    expect(nested.start('order').waitingAt()).toEqual(['repair']);
  });

  test('in a language that is not run here is work for a worker, who is given the script', async () => {
    const engine = await deployed(order(script('println "hi"').replace('javascript', 'Groovy')));
    const instance = engine.start('order');
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'script.groovy',
      extensionProperties: { script: 'println "hi"', scriptFormat: 'groovy' },
    });
    instance.completeExternalTask('script.groovy');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('is refused when it cannot be read', async () => {
    const broken = definitions(order(script('1 +')));
    expect(await refusals(broken)).toMatchObject([
      { elementId: 'compute', message: expect.stringContaining('valid script') },
    ]);
  });

  test('takes a script whose name an expression gives from the deployment, when it runs', async () => {
    const task = `<scriptTask id="compute" scriptFormat="javascript" camunda:resultVariable="sum" camunda:resource="deployment://\${rule}.js"/>`;
    const engine = await (await processTest()).deploy({
      'order.bpmn': definitions(order(task)),
      'double.js': 'amount * 2',
      'triple.js': 'amount * 3',
    });
    expect(engine.start('order', { amount: 2, rule: 'triple' }).variables()).toMatchObject({ sum: 6 });
    expect(() => engine.start('order', { amount: 2, rule: 'none' })).toThrow(/a resource 'none.js' in the deployment/);
  });

  test('takes what Camunda looks for on the class path from the deployment, or leaves it to a worker', async () => {
    const task = '<scriptTask id="compute" scriptFormat="javascript" camunda:resource="classpath://acme/sum.js"/>';
    const files = { 'order.bpmn': definitions(order(task)) };
    const here = await (await processTest()).deploy({ ...files, 'acme/sum.js': "execution.setVariable('done', true)" });
    expect(here.start('order').variables()).toEqual({ done: true });
    const elsewhere = await (await processTest()).deploy(files);
    elsewhere.start('order');
    expect(onlyRow(elsewhere, 'externalTask')).toMatchObject({
      topicName: 'script.javascript',
      extensionProperties: { scriptResource: 'classpath://acme/sum.js' },
    });
  });

  test('for a worker may name a file that is not deployed with it; the deployment warns', async () => {
    const task = '<scriptTask id="compute" scriptFormat="groovy" camunda:resource="deployment://sum.groovy"/>';
    const { warnings } = await parsed(definitions(order(task)));
    expect(warnings).toMatchObject([{ elementId: 'compute', message: expect.stringMatching(/sum\.groovy/) }]);
    const engine = await deployed(order(task));
    engine.start('order');
    expect(onlyRow(engine, 'externalTask').extensionProperties).toEqual({
      scriptFormat: 'groovy',
      scriptResource: 'deployment://sum.groovy',
    });
  });
});
