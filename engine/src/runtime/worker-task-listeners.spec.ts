import { describe, expect, test } from 'vitest';
import { leftovers, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  error,
  errorEvent,
  parsed,
  path,
  process,
} from '../spec-support/models.js';
import { taskListener } from '../spec-support/worker-listeners.js';
import type { ProcessTest, TestInstance } from '../testing/index.js';

const byClass = (event: string, name: string) => taskListener(event, `class="com.acme.${name}"`);
const noting = (event: string) =>
  taskListener(event, `expression="\${execution.setVariable('log', log.concat('${event} '))}"`);

function model(listeners: string, attributes = '', more = '') {
  return process(
    'approval',
    '<startEvent id="start"/>',
    `<userTask id="approve" ${attributes}><extensionElements>${listeners}</extensionElements></userTask>`,
    '<endEvent id="end"/>',
    path('start', 'approve', 'end'),
    more,
  );
}

const caught = `${boundaryEvent('refused', 'approve', errorEvent('no'))}<userTask id="explain"/>${path('refused', 'explain')}`;

function topics(engine: ProcessTest): string[] {
  return rowsOf(engine, 'externalTask').map(({ topicName }) => topicName);
}

function assign(engine: ProcessTest, { id }: TestInstance, assignee: string): void {
  const taskId = onlyRow(engine, 'userTask').id;
  send(engine, id, { kind: 'updateTask', taskId, set: { assignee }, operation: 'assign' });
}

describe('a task listener that is Java code', () => {
  test('is done by a worker for each event, before the task can be completed', async () => {
    const engine = await deployed(
      model(
        byClass('create', 'Created') +
          noting('create') +
          byClass('assignment', 'Assigned') +
          byClass('complete', 'Completed'),
        'camunda:assignee="ann"',
      ),
    );
    const approval = engine.start('approval', { log: '' });
    expect(onlyRow(engine, 'externalTask')).toMatchObject({
      topicName: 'Created',
      elementId: 'approve',
      extensionProperties: { listenerEvent: 'create', listenerTask: onlyRow(engine, 'userTask').id },
    });
    expect(() => approval.completeTask('approve')).toThrow(/listeners of task .* to be done, but 'Created' for create/);
    approval.completeExternalTask('Created', { seen: 1 });
    expect(approval.variables()).toEqual({ log: 'create ', seen: 1 });
    expect(topics(engine)).toEqual(['Assigned']);
    approval.completeExternalTask('Assigned');
    approval.completeTask('approve');
    expect([topics(engine), approval.waitingAt()]).toEqual([['Completed'], ['approve']]);
    expect(() => approval.completeTask('approve')).toThrow(/'Completed' for complete/);
    approval.completeExternalTask('Completed');
    expect([approval.ended, leftovers(engine)]).toEqual([true, {}]);
  });

  test('hears in turn what happens while another one is at work', async () => {
    const engine = await deployed(
      model(
        byClass('create', 'Created') +
          noting('create') +
          byClass('update', 'Updated') +
          byClass('assignment', 'Assigned'),
      ),
    );
    const approval = engine.start('approval', { log: '' });
    assign(engine, approval, 'bob');
    expect(topics(engine)).toEqual(['Created']);
    // the assignment is heard at the end of the creation, and that the update brought an assignee
    for (const topic of ['Created', 'Assigned', 'Updated', 'Assigned']) {
      expect(topics(engine)).toEqual([topic]);
      approval.completeExternalTask(topic);
    }
    expect(topics(engine)).toEqual([]);
    approval.completeTask('approve');
    expect(approval.ended).toBe(true);
  });

  test('times out beside the open task', async () => {
    const timeout = taskListener(
      'timeout',
      'class="com.acme.Late" id="late"',
      '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>',
    );
    const engine = await deployed(model(byClass('create', 'Created') + timeout));
    const approval = engine.start('approval');
    engine.advance({ hours: 2 });
    expect(topics(engine), 'one after the other').toEqual(['Created']);
    approval.completeExternalTask('Created');
    expect(topics(engine)).toEqual(['Late']);
    approval.completeExternalTask('Late');
    approval.completeTask('approve');
    expect(approval.ended).toBe(true);
  });

  test.each(['create', 'complete'])(
    'can throw a BPMN error for %s, which the boundary event catches',
    async (event) => {
      const engine = await deployed(error('no'), model(byClass(event, 'Check'), '', caught));
      const approval = engine.start('approval');
      if (event === 'complete') approval.completeTask('approve');
      approval.throwError('Check', 'no');
      expect(approval.waitingAt()).toEqual(['explain']);
      expect(topics(engine)).toEqual([]);
    },
  );

  test('for deletion is skipped, and the deployment says so', async () => {
    const listeners = byClass('delete', 'Gone') + noting('delete');
    const engine = await deployed(error('no'), model(listeners, '', caught));
    const approval = engine.start('approval', { log: '' });
    const taskId = onlyRow(engine, 'userTask').id;
    send(engine, approval.id, { kind: 'throwTaskError', taskId, errorCode: 'no', errorMessage: null });
    expect([topics(engine), approval.waitingAt()]).toEqual([[], ['explain']]);
    expect(approval.variables().log).toBe('delete ');
    const { warnings, processes } = await parsed(definitions(error('no'), model(listeners, '', caught)));
    expect(processes[0]?.topics).toEqual([]);
    expect(warnings).toMatchObject([{ elementId: 'approve', message: expect.stringContaining("'Gone' for delete") }]);
  });

  test('does not outlive a task that an event gives up', async () => {
    const engine = await deployed(error('no'), model(byClass('create', 'Created'), '', caught));
    const approval = engine.start('approval');
    const taskId = onlyRow(engine, 'userTask').id;
    send(engine, approval.id, { kind: 'throwTaskError', taskId, errorCode: 'no', errorMessage: null });
    expect([topics(engine), approval.waitingAt()]).toEqual([[], ['explain']]);
  });
});
