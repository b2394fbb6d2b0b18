import { describe, expect, test } from 'vitest';
import { history, leftovers, onlyRow, rowsOf, send } from '../spec-support/instances.js';
import { boundaryEvent, deployed, message, messageEvent, path, process, subProcess } from '../spec-support/models.js';

const review = `<userTask id="review" name="Review \${customer}" camunda:assignee="\${reviewer}"
  camunda:candidateGroups="loans, managers" camunda:candidateUsers="anna" camunda:dueDate="P2D"
  camunda:followUpDate="2026-02-01T00:00:00Z" camunda:priority="\${priority}" camunda:formKey="review-form">
  <documentation>Look at \${customer}</documentation></userTask>`;
const variables = { customer: 'Ada', reviewer: 'bob', priority: 70 };

async function reviewing() {
  const engine = await deployed(process('loan', '<startEvent id="start"/>', review, path('start', 'review')));
  return { engine, loan: engine.start('loan', variables) };
}

const role = (kind: string, names: string) =>
  `<${kind}><resourceAssignmentExpression><formalExpression>${names}</formalExpression></resourceAssignmentExpression></${kind}>`;

describe('a user task', () => {
  test('goes to the people that its resource roles name', async () => {
    const roles = role('humanPerformer', '${boss}') + role('potentialOwner', 'user(anna), group(sales), managers');
    const task = `<userTask id="review">${roles}</userTask>`;
    const engine = await deployed(process('loan', '<startEvent id="start"/>', task, path('start', 'review')));
    engine.start('loan', { boss: 'bob' });
    expect(onlyRow(engine, 'userTask').assignee).toBe('bob');
    const links = rowsOf(engine, 'identityLink').map(({ userId, groupId }) => [userId, groupId]);
    expect(links).toEqual([
      ['anna', null],
      [null, 'sales'],
      [null, 'managers'],
    ]);
  });

  test.each([
    [7.9, 7],
    ['8', 8],
    [null, 50],
  ])('with %j as its priority has %i', async (priority, expected) => {
    const engine = await deployed(process('loan', '<startEvent id="start"/>', review, path('start', 'review')));
    engine.start('loan', { ...variables, priority });
    expect(onlyRow(engine, 'userTask').priority).toBe(expected);
  });

  test.each([
    ['reviewer', 5, /assignee of 'review' to be a text/],
    ['priority', 'high', /priority of 'review' to be a whole number/],
  ])('fails where %s is %j', async (name, value, reason) => {
    const engine = await deployed(process('loan', '<startEvent id="start"/>', review, path('start', 'review')));
    expect(() => engine.start('loan', { ...variables, [name]: value })).toThrow(reason);
  });

  test('appears in the task list as the model describes it', async () => {
    const { engine } = await reviewing();
    expect(onlyRow(engine, 'userTask')).toMatchObject({
      name: 'Review Ada',
      description: 'Look at Ada',
      assignee: 'bob',
      priority: 70,
      dueDate: new Date('2026-01-07T08:00:00Z'),
      followUpDate: new Date('2026-02-01T00:00:00Z'),
      formKey: 'review-form',
    });
    const links = rowsOf(engine, 'identityLink').map(({ type, userId, groupId }) => [type, userId ?? groupId]);
    expect(links).toEqual([
      ['candidate', 'anna'],
      ['candidate', 'loans'],
      ['candidate', 'managers'],
    ]);
  });

  test('moves the process on when it is completed, with what the form brought', async () => {
    const { engine, loan } = await reviewing();
    loan.completeTask('review', { approved: true });
    expect(loan.ended).toBe(true);
    expect(loan.variables()).toEqual({ ...variables, approved: true });
    expect(onlyRow(engine, 'historicTask')).toMatchObject({ endedAt: engine.host.now, deleteReason: 'completed' });
    expect(leftovers(engine)).toEqual({});
  });

  test('has the default priority, and no name, when the model says nothing', async () => {
    const engine = await deployed(
      process('loan', '<startEvent id="start"/><userTask id="review"/>', path('start', 'review')),
    );
    engine.start('loan');
    expect(onlyRow(engine, 'userTask')).toMatchObject({ name: null, assignee: null, priority: 50, dueDate: null });
  });

  test('can be claimed once, handed over and given back', async () => {
    const engine = await deployed(
      process('loan', '<startEvent id="start"/><userTask id="review"/>', path('start', 'review')),
    );
    const loan = engine.start('loan');
    const taskId = onlyRow(engine, 'userTask').id;
    const claim = (assignee: string) =>
      send(engine, loan.id, { kind: 'updateTask', taskId, set: { assignee }, operation: 'claim' });
    claim('anna');
    claim('anna');
    expect(() => claim('bob')).toThrow(/'anna' has claimed it/);
    send(engine, loan.id, { kind: 'updateTask', taskId, set: { assignee: null }, operation: 'unclaim' });
    claim('bob');
    expect(onlyRow(engine, 'userTask').assignee).toBe('bob');
    expect(onlyRow(engine, 'historicTask').assignee).toBe('bob');
    expect(rowsOf(engine, 'historicActivityInstance').at(-1)?.assignee).toBe('bob');
  });

  test('is completed only after its delegate has resolved it', async () => {
    const { engine, loan } = await reviewing();
    const taskId = onlyRow(engine, 'userTask').id;
    const update = (delegationState: 'PENDING' | 'RESOLVED') =>
      send(engine, loan.id, { kind: 'updateTask', taskId, set: { delegationState }, operation: 'delegate' });
    update('PENDING');
    expect(() => loan.completeTask('review')).toThrow(/resolved by its delegate/);
    update('RESOLVED');
    loan.completeTask('review');
    expect(loan.ended).toBe(true);
  });

  test('disappears from the task list when its sub-process is cancelled', async () => {
    const engine = await deployed(
      message('withdraw'),
      process(
        'loan',
        '<startEvent id="start"/>',
        subProcess('inner', '<startEvent id="begin"/>', review, path('begin', 'review')),
        boundaryEvent('withdrawn', 'inner', messageEvent('withdraw')),
        path('start', 'inner'),
      ),
    );
    const loan = engine.start('loan', variables);
    engine.message('withdraw');
    expect(loan.ended).toBe(true);
    expect(onlyRow(engine, 'historicTask')).toMatchObject({ deleteReason: 'deleted' });
    expect(history(engine)).toContain('review (canceled)');
    expect(leftovers(engine)).toEqual({});
  });

  test('is created after its asynchronous continuation, and left before the one behind it', async () => {
    const engine = await deployed(
      process(
        'loan',
        '<startEvent id="start"/><userTask id="review" camunda:asyncBefore="true" camunda:asyncAfter="true"/>',
        path('start', 'review'),
      ),
    );
    engine.runJobs = false;
    const loan = engine.start('loan');
    expect(onlyRow(engine, 'job')).toMatchObject({ type: 'async-continuation', configuration: 'async-before' });
    expect(rowsOf(engine, 'userTask')).toEqual([]);
    engine.settle();
    loan.completeTask('review');
    expect(loan.ended).toBe(false);
    expect(onlyRow(engine, 'job')).toMatchObject({ configuration: 'async-after', elementId: 'review' });
    expect(loan.path()).toEqual(['start', 'review']);
    engine.settle();
    expect(loan.ended).toBe(true);
  });

  test('refuses a priority that is no whole number', async () => {
    const engine = await deployed(process('loan', '<startEvent id="start"/>', review, path('start', 'review')));
    expect(() => engine.start('loan', { ...variables, priority: 'high' })).toThrow(/priority of 'review'.*'high'/);
  });
});
