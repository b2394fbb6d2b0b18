import { describe, expect, test } from 'vitest';
import { history } from '../spec-support/instances.js';
import { definitions, deployed, path, process, refusals } from '../spec-support/models.js';

const link = (name: string) => `<linkEventDefinition name="${name}"/>`;
const parts = (target: string) => [
  '<startEvent id="start"/>',
  `<intermediateThrowEvent id="leave">${link('page 2')}</intermediateThrowEvent>`,
  `<intermediateCatchEvent id="arrive">${link(target)}</intermediateCatchEvent>`,
  '<userTask id="work"/>',
  path('start', 'leave') + path('arrive', 'work'),
];

describe('a link', () => {
  test('leads the token to its target, and the history shows neither end', async () => {
    const engine = await deployed(process('order', ...parts('page 2')));
    expect(engine.start('order').waitingAt()).toEqual(['work']);
    expect(history(engine)).toEqual(['start', 'work (open)']);
  });

  test('without a target is refused', async () => {
    expect(await refusals(definitions(process('order', ...parts('page 3'))))).toMatchObject([
      { elementId: 'leave', message: expect.stringContaining("'page 2'") },
    ]);
  });
});
