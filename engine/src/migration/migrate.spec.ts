import { describe, expect, test } from 'vitest';
import { MigratingInstanceError, MigrationPlanError } from '../errors.js';
import { leftovers, onlyRow, rowsOf, runJobAt } from '../spec-support/instances.js';
import {
  boundaryEvent,
  definitions,
  externalTask,
  mappings,
  message,
  messageEvent,
  path,
  process,
  subProcess,
  timerEvent,
  undoing,
  undoneBy,
} from '../spec-support/models.js';
import { type ProcessTest, processTest, type TestInstance } from '../testing/index.js';
import { generatePlan } from './generate-plan.js';
import type { MigrationInstruction } from './plan.js';
import { validatePlan } from './validate-plan.js';

const start = '<startEvent id="start"/>';
const user = (id: string, content = '') => `<userTask id="${id}" name="${id}">${content}</userTask>`;
const sequence = (...ids: string[]) => path('start', ...ids);
const inside = (id: string, content: string, ...ids: string[]) =>
  subProcess(id, `<startEvent id="${id}Start"/>`, content, path(`${id}Start`, ...ids));

interface Versions {
  readonly engine: ProcessTest;
  readonly source: string;
  readonly target: string;
}

/** Two versions of one process, given by what is in them beside the start event. */
async function versions(before: string, after: string, ...roots: string[]): Promise<Versions> {
  const engine = await processTest();
  const deploy = (content: string) => engine.deploy({ 'p.bpmn': definitions(...roots, process('p', start, content)) });
  await deploy(before);
  const source = engine.host.latest.get('p') ?? '';
  await deploy(after);
  const target = engine.host.latest.get('p') ?? '';
  engine.host.latest.set('p', source); // instances of the old version are to be started
  return { engine, source, target };
}

/** `a>b`, with a mark at the end where the trigger is updated. */
function instructions(text: string): MigrationInstruction[] {
  return text.split(' ').map((each) => {
    const [sourceActivityId = null, target = ''] = each.split('>');
    return {
      sourceActivityId,
      targetActivityId: target.replace('!', ''),
      updateEventTrigger: target.endsWith('!'),
    };
  });
}

function migrate({ engine, source, target }: Versions, { id }: TestInstance, plan: string, variables = {}): void {
  engine.command(id, {
    kind: 'migrate',
    plan: { sourceDefinitionId: source, targetDefinitionId: target, instructions: instructions(plan), variables },
  });
}

/** The tree as it stands: `scope[inner, inner]`. */
function tree(engine: ProcessTest, { id }: TestInstance): string {
  const nodes = [...(engine.host.instances.get(id)?.nodes.values() ?? [])];
  const show = (parent: string): string =>
    nodes
      .filter(({ parentId }) => parentId === parent)
      .map((node) => `${node.elementId}${show(node.id)}`)
      .sort()
      .join(', ')
      .replace(/^(.+)$/, '[$1]');
  return show(id);
}

describe('an activity that goes on in the new version', () => {
  test('is the same task under its new id, in rows and history', async () => {
    const both = await versions(user('a') + sequence('a'), user('b') + sequence('b'));
    const { engine, target } = both;
    const instance = engine.start('p', { amount: 5 });
    const before = onlyRow(engine, 'userTask');
    migrate(both, instance, 'a>b');
    const moved = { processDefinitionId: target, elementId: 'b' };
    expect(onlyRow(engine, 'userTask')).toEqual({ ...before, ...moved });
    expect(onlyRow(engine, 'historicTask')).toMatchObject(moved);
    expect(onlyRow(engine, 'historicActivityInstance', 'b')).toMatchObject({
      ...moved,
      elementName: 'b',
      endedAt: null,
    });
    expect(onlyRow(engine, 'historicActivityInstance', 'start').processDefinitionId).toBe(both.source);
    expect(onlyRow(engine, 'historicProcessInstance').processDefinitionId).toBe(target);
    instance.completeTask('b');
    expect(instance.ended).toBe(true);
    expect(leftovers(engine)).toEqual({});
  });

  test('can go into scopes that are new, once for all that go there', async () => {
    const gateways = '<parallelGateway id="fork"/>';
    const branches = user('a') + user('b') + path('fork', 'a') + path('fork', 'b');
    const both = await versions(
      gateways + branches + sequence('fork'),
      subProcess('sub', '<startEvent id="s"/>', gateways, branches, path('s', 'fork'), mappings({ got: '${x}' })) +
        sequence('sub'),
    );
    const instance = both.engine.start('p', { x: 1 });
    migrate(both, instance, 'a>a b>b', { x: { type: 'Integer', value: 2 } });
    expect(tree(both.engine, instance)).toBe('[sub[a, b]]');
    const got = rowsOf(both.engine, 'variable').find(({ name }) => name === 'got');
    expect(got?.numberValue, 'plan variables come after the mapping').toBe(1);
    expect(instance.variables()).toMatchObject({ x: 2 });
    instance.completeTask('a');
    instance.completeTask('b');
    expect(instance.ended).toBe(true);
  });

  test('leaves scopes that are gone, with their outputs and without their variables', async () => {
    const sub = subProcess(
      'sub',
      mappings({ local: '7' }, { result: '${local}' }),
      '<startEvent id="s"/>',
      user('a'),
      path('s', 'a'),
    );
    const both = await versions(sub + sequence('sub'), user('a') + sequence('a'));
    const instance = both.engine.start('p');
    migrate(both, instance, 'a>a');
    expect(tree(both.engine, instance)).toBe('[a]');
    expect(instance.variables()).toMatchObject({ result: '7' });
    expect(rowsOf(both.engine, 'variable').map(({ name }) => name)).toEqual(['result']);
    expect(onlyRow(both.engine, 'historicActivityInstance', 'sub')).toMatchObject({ canceled: true });
  });

  test('keeps its external task, topic and incident', async () => {
    const both = await versions(externalTask('a', 'old') + sequence('a'), externalTask('b', 'new') + sequence('b'));
    const instance = both.engine.start('p');
    instance.failExternalTask('old', { message: 'broken', retries: 0 });
    migrate(both, instance, 'a>b');
    expect(onlyRow(both.engine, 'externalTask')).toMatchObject({ topicName: 'old', elementId: 'b', retries: 0 });
    expect(instance.incidents()).toMatchObject([{ type: 'failedExternalTask', elementId: 'b' }]);
    instance.completeExternalTask('old');
    expect(leftovers(both.engine)).toEqual({});
  });

  test('stays one of several instances of a multi-instance', async () => {
    const loop =
      '<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>';
    const both = await versions(user('a', loop) + sequence('a'), inside('sub', user('b', loop), 'b') + sequence('sub'));
    const instance = both.engine.start('p');
    instance.completeTask('a');
    migrate(both, instance, 'a#multiInstanceBody>b#multiInstanceBody a>b');
    instance.completeTask('b');
    expect(instance.ended).toBe(false);
    instance.completeTask('b');
    expect(instance.ended).toBe(true);
    expect(leftovers(both.engine)).toEqual({});
  });
});

describe('what is waited for', () => {
  const guarded = (id: string, name: string, due: string) =>
    user('a') +
    user('after') +
    boundaryEvent(id, 'a', messageEvent(name)) +
    boundaryEvent('late', 'a', timerEvent('timeDuration', due)) +
    path(id, 'after') +
    sequence('a');
  const roots = [message('old'), message('new')];

  test('stays as it was where the plan maps it, and is taken from the target where it says so', async () => {
    const both = await versions(guarded('m', 'old', 'PT2H'), guarded('n', 'new', 'PT9H'), ...roots);
    const [kept, updated] = [both.engine.start('p'), both.engine.start('p')];
    const due = (instance: TestInstance) =>
      rowsOf(both.engine, 'job')
        .filter(({ processInstanceId }) => processInstanceId === instance.id)
        .map(
          ({ elementId, dueDate }) =>
            `${elementId} ${((dueDate?.getTime() ?? 0) - both.engine.host.now.getTime()) / 3_600_000}`,
        );
    const names = (instance: TestInstance) =>
      rowsOf(both.engine, 'eventSubscription')
        .filter(({ processInstanceId }) => processInstanceId === instance.id)
        .map(({ elementId, eventName }) => `${elementId} ${eventName}`);
    both.engine.advance('PT1H');
    migrate(both, kept, 'a>a m>n late>late');
    migrate(both, updated, 'a>a m>n! late>late!');
    expect([due(kept), names(kept)]).toEqual([['late 1'], ['n old']]);
    expect([due(updated), names(updated)]).toEqual([['late 9'], ['n new']]);
    both.engine.message('new');
    expect(updated.waitingAt()).toEqual(['after']);
  });

  test('comes and goes with the events that no instruction maps', async () => {
    const both = await versions(
      user('a') + boundaryEvent('m', 'a', messageEvent('old')) + sequence('a'),
      user('a') +
        user('after') +
        boundaryEvent('late', 'a', timerEvent('timeDuration', 'PT3H')) +
        path('late', 'after') +
        sequence('a'),
      ...roots,
    );
    const instance = both.engine.start('p');
    migrate(both, instance, 'a>a');
    expect(leftovers(both.engine)).toEqual({ userTask: 1, job: 1 });
    both.engine.advance('PT3H');
    expect(instance.waitingAt()).toEqual(['after']);
  });

  test('an asynchronous continuation goes on behind the flow that the target has', async () => {
    const both = await versions(
      '<userTask id="a" camunda:asyncAfter="true"/>' + user('z') + path('start', 'a', 'z'),
      '<userTask id="b" camunda:asyncAfter="true"/>' + user('y') + path('start', 'b', 'y'),
    );
    both.engine.runJobs = false;
    const instance = both.engine.start('p');
    instance.completeTask('a');
    migrate(both, instance, 'a>b');
    runJobAt(both.engine, 'b');
    expect(instance.waitingAt()).toEqual(['y']);
  });

  test('a completed activity is undone by what the target says', async () => {
    const work = (task: string, handler: string) =>
      user(task) + undoneBy(task, handler) + user('next') + undoing('undo') + path('start', task, 'next', 'undo');
    const both = await versions(work('a', 'oldHandler'), work('b', 'newHandler'));
    const instance = both.engine.start('p');
    instance.completeTask('a');
    migrate(both, instance, 'next>next aUndone>bUndone');
    instance.completeTask('next');
    expect(instance.waitingAt()).toContain('newHandler');
    instance.completeTask('newHandler');
    expect(instance.ended).toBe(true);
    expect(leftovers(both.engine)).toEqual({});
  });
});

describe('a refused migration', () => {
  test('names the activities without an instruction, and changes nothing', async () => {
    const both = await versions(user('a') + sequence('a'), user('a') + sequence('a'));
    const instance = both.engine.start('p');
    const before = both.engine.host.instances.get(instance.id);
    const attempt = () =>
      both.engine.command(instance.id, {
        kind: 'migrate',
        plan: { sourceDefinitionId: both.source, targetDefinitionId: both.target, instructions: [] },
      });
    expect(attempt).toThrow(MigratingInstanceError);
    expect(attempt).toThrow(/'a'.*\n.*no migration instruction/);
    expect(both.engine.host.instances.get(instance.id)).toBe(before);
  });

  test('names the instructions that the models do not allow', async () => {
    const both = await versions(user('a') + sequence('a'), '<receiveTask id="a"/>' + sequence('a'));
    const instance = both.engine.start('p');
    expect(() => migrate(both, instance, 'a>a')).toThrow(MigrationPlanError);
    expect(() => migrate(both, instance, 'x>y')).toThrow(/Source activity 'x' does not exist/);
  });

  test('is said of a call that a worker maps the variables of, where the other activity works otherwise', async () => {
    const call = (attributes: string) => `<callActivity id="a" calledElement="q"${attributes}/>${sequence('a')}`;
    const mapped = call(' camunda:variableMappingClass="com.acme.Mapping"');
    for (const other of [call(''), externalTask('a') + sequence('a')]) {
      const both = await versions(mapped, other);
      const instance = both.engine.start('p');
      expect(() => migrate(both, instance, 'a>a')).toThrow(MigrationPlanError);
    }
    const same = await versions(mapped, mapped);
    const instance = same.engine.start('p');
    migrate(same, instance, 'a>a');
    expect(onlyRow(same.engine, 'externalTask').topicName).toBe('Mapping');
  });

  test('is said of an instance that runs by another definition', async () => {
    const both = await versions(user('a') + sequence('a'), user('a') + sequence('a'));
    const instance = both.engine.start('p');
    migrate(both, instance, 'a>a');
    expect(() => migrate(both, instance, 'a>a')).toThrow(/does not match the source process definition/);
  });
});

describe('a generated plan', () => {
  test('maps what has the same id, kind and scope in both versions', async () => {
    const { engine, source, target } = await versions(
      user('a') +
        boundaryEvent('late', 'a', timerEvent('timeDuration', 'PT2H')) +
        inside('sub', user('b'), 'b') +
        sequence('a', 'sub'),
      user('a') +
        boundaryEvent('late', 'a', timerEvent('timeDuration', 'PT9H')) +
        inside('sub', '<receiveTask id="b"/>', 'b') +
        sequence('a', 'sub'),
    );
    const models = [engine.host.models.get(source)!, engine.host.models.get(target)!] as const;
    const shown = (updateEventTriggers: boolean) =>
      generatePlan(...models, { updateEventTriggers }).map(
        (each) => `${each.sourceActivityId}>${each.targetActivityId}${each.updateEventTrigger ? '!' : ''}`,
      );
    expect(shown(false)).toEqual(['a>a', 'sub>sub', 'late>late']);
    expect(shown(true)).toEqual(['a>a', 'sub>sub', 'late>late!']);
    expect(validatePlan(...models, generatePlan(...models)).instructions).toEqual([]);
  });
});
