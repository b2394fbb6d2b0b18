import { describe, expect, test } from 'vitest';
import { onlyRow } from '../../spec-support/instances.js';
import { definitions, deployed, path, process, refusals } from '../../spec-support/models.js';

const model = (attributes: string) =>
  process(
    'p',
    '<startEvent id="start"/>',
    `<serviceTask id="work" camunda:type="external" camunda:topic="t" ${attributes}/>`,
    path('start', 'work'),
  );

async function taskPriority(priority: string, variables: Record<string, unknown> = {}) {
  const engine = await deployed(model(`camunda:taskPriority="${priority}"`));
  engine.start('p', variables);
  return onlyRow(engine, 'externalTask').priority;
}

async function jobPriority(priority: string, variables: Record<string, unknown> = {}) {
  const engine = await deployed(model(`camunda:asyncBefore="true" camunda:jobPriority="${priority}"`));
  engine.runJobs = false;
  engine.start('p', variables);
  return onlyRow(engine, 'job').priority;
}

describe.each([
  ['external task', taskPriority],
  ['job', jobPriority],
])('the priority of an %s', (_, priorityOf) => {
  test('is a number, or what an expression gives', async () => {
    expect(await priorityOf('7')).toBe(7);
    expect(await priorityOf('${level + 1}', { level: 7 })).toBe(8);
  });

  test('is 0 where the expression names a variable that nobody has set', async () => {
    expect(await priorityOf('${level}')).toBe(0);
  });

  test.each(['8', 1.5, null, true])('is no %j', async (level) => {
    await expect(priorityOf('${level}', { level })).rejects.toThrow(/priority of 'work' to be a whole number/);
  });
});

test('a priority that is a text is refused', async () => {
  for (const name of ['jobPriority', 'taskPriority'])
    expect(await refusals(definitions(model(`camunda:${name}="high"`)))).toMatchObject([
      { elementId: 'work', message: expect.stringContaining(`'camunda:${name}' to be a whole number`) },
    ]);
});
