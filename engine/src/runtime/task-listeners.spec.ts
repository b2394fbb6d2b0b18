import { describe, expect, test } from 'vitest';
import { onlyRow, rowsOf, send } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  deployed,
  error,
  errorEvent,
  escapeXml,
  path,
  process,
  refusals,
} from '../spec-support/models.js';

const listener = (event: string, expression: string) =>
  `<camunda:taskListener event="${event}" expression="${escapeXml(expression)}"/>`;

const script = (event: string, source: string) =>
  `<camunda:taskListener event="${event}"><camunda:script scriptFormat="javascript">${escapeXml(source)}</camunda:script></camunda:taskListener>`;
const noted = (event: string) =>
  script(event, `task.setVariable("log", (task.getVariable("log") || "") + "${event} ")`);

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

const all = ['create', 'assignment', 'update', 'complete', 'delete'].map(noted).join('');

describe('task listeners', () => {
  test('can say who is a candidate, and who has to do with the task otherwise', async () => {
    const calls = [
      "addCandidateUser('ann')",
      'addCandidateGroups(groups)',
      "addUserIdentityLink('bob', 'reviewer')",
      "deleteCandidateGroup('old')",
      "addCandidateUser('ann')",
    ];
    const engine = await deployed(
      model(
        calls.map((call) => listener('create', `\${task.${call}}`)).join(''),
        'camunda:candidateGroups="old, ${groups}"',
      ),
    );
    engine.start('approval', { groups: ['sales', 'law'] });
    const links = rowsOf(engine, 'identityLink').map(({ type, userId, groupId }) => `${type} ${userId ?? groupId}`);
    expect(links).toEqual(['candidate sales', 'candidate law', 'candidate ann', 'reviewer bob']);
  });

  test('hear of creation, then of the assignee that the model names, then of completion', async () => {
    const engine = await deployed(model(all, 'camunda:assignee="ann"'));
    const approval = engine.start('approval');
    expect(approval.variables()).toMatchObject({ log: 'create assignment ' });
    approval.completeTask('approve');
    expect(rowsOf(engine, 'historicVariable').find(({ name }) => name === 'log')).toMatchObject({
      textValue: 'create assignment complete ',
    });
  });

  test('hear of a new assignee after the update that brought it', async () => {
    const engine = await deployed(model(all));
    const approval = engine.start('approval');
    const taskId = onlyRow(engine, 'userTask').id;
    send(engine, approval.id, { kind: 'updateTask', taskId, set: { assignee: 'bob' }, operation: 'assign' });
    send(engine, approval.id, { kind: 'updateTask', taskId, set: { priority: 7 }, operation: 'update' });
    expect(approval.variables()).toMatchObject({ log: 'create update assignment update ' });
  });

  test('hear when the task is given up', async () => {
    const engine = await deployed(
      model(
        all,
        '',
        `${boundaryEvent('refused', 'approve', errorEvent('no'))}<endEvent id="over"/>${path('refused', 'over')}`,
      ),
      error('no'),
    );
    const approval = engine.start('approval');
    send(engine, approval.id, {
      kind: 'throwTaskError',
      taskId: onlyRow(engine, 'userTask').id,
      errorCode: 'no',
      errorMessage: null,
    });
    expect(rowsOf(engine, 'historicVariable').find(({ name }) => name === 'log')).toMatchObject({
      textValue: 'create delete ',
    });
  });

  test('can assign the task, and the assignment is heard', async () => {
    const engine = await deployed(
      model(
        script('create', "task.setAssignee('carol'); task.setPriority(80); task.setName('Approve it');") +
          noted('assignment'),
      ),
    );
    const approval = engine.start('approval');
    expect(onlyRow(engine, 'userTask')).toMatchObject({ assignee: 'carol', priority: 80, name: 'Approve it' });
    expect(approval.variables()).toMatchObject({ log: 'assignment ' });
  });

  test('can throw a BPMN error, which the boundary event catches', async () => {
    const engine = await deployed(
      model(
        script('create', "throw new BpmnError('no', 'not today')"),
        '',
        `${boundaryEvent('refused', 'approve', errorEvent('no'))}<userTask id="explain"/>${path('refused', 'explain')}`,
      ),
      error('no'),
    );
    expect(engine.start('approval').waitingAt()).toEqual(['explain']);
  });

  test('time out while the task is open', async () => {
    const timeout = `<camunda:taskListener event="timeout" id="late" expression="\${task.setPriority(99)}">
      <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></camunda:taskListener>`;
    const engine = await deployed(model(timeout));
    const approval = engine.start('approval');
    expect(onlyRow(engine, 'job')).toMatchObject({ type: 'timer-task-listener', elementId: 'approve' });
    engine.advance({ hours: 2 });
    expect(onlyRow(engine, 'userTask')).toMatchObject({ priority: 99 });
    expect(approval.waitingAt()).toEqual(['approve']);
    expect(rowsOf(engine, 'job')).toEqual([]);
  });

  test('are refused for an event that there is not, and for a timeout without a timer', async () => {
    const problems = await refusals(definitions(model(listener('finish', '${true}') + listener('timeout', '${true}'))));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("its event is 'finish'"),
      expect.stringContaining('timerEventDefinition'),
      expect.stringContaining('to have an id'),
    ]);
  });
});
