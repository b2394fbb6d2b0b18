import { expect, test } from 'vitest';
import { conditionalEvent, definitions, message, messageEvent, path, process } from '../spec-support/models.js';
import { processTest } from '../testing/index.js';
import { eventChanges } from './event-changes.js';

const timer = (duration: string) =>
  `<timerEventDefinition><timeDuration xsi:type="tFormalExpression">${duration}</timeDuration></timerEventDefinition>`;
const catching = (id: string, definition: string) =>
  `<intermediateCatchEvent id="${id}">${definition}</intermediateCatchEvent>`;

async function changes(before: readonly string[], after: readonly string[]) {
  const models = [];
  for (const events of [before, after]) {
    const engine = await processTest();
    const ids = events.map((event) => /id="(\w+)"/.exec(event)?.[1] ?? '');
    const elements = ['<startEvent id="s"/>', ...events, '<endEvent id="e"/>', path('s', ...ids, 'e')];
    await engine.deploy({ 'p.bpmn': definitions(message('m'), message('n'), process('p', ...elements)) });
    models.push(engine.host.models.get(engine.host.latest.get('p') ?? '')!);
  }
  return eventChanges(models[0]!, models[1]!);
}

test('events that stay are not named', async () => {
  const same = [catching('a', timer('P1D')), catching('b', messageEvent('m')), catching('c', conditionalEvent('${x}'))];
  expect(await changes(same, same)).toEqual([]);
});

test('changed, new and removed events are named by element', async () => {
  const before = [catching('a', timer('P1D')), catching('b', messageEvent('m')), catching('c', messageEvent('m'))];
  const after = [
    catching('a', timer('P2D')),
    catching('b', messageEvent('n')),
    catching('d', conditionalEvent('${x}')),
  ];
  expect(await changes(before, after)).toEqual([
    { elementId: 'a', kind: 'timer', before: 'duration: P1D', after: 'duration: P2D' },
    { elementId: 'b', kind: 'message', before: 'm', after: 'n' },
    { elementId: 'c', kind: 'message', before: 'm', after: null },
    { elementId: 'd', kind: 'conditional', before: null, after: '${x}' },
  ]);
});

test('an event of another kind is one that is gone and one that is new', async () => {
  expect(await changes([catching('a', timer('P1D'))], [catching('a', messageEvent('m'))])).toEqual([
    { elementId: 'a', kind: 'timer', before: 'duration: P1D', after: null },
    { elementId: 'a', kind: 'message', before: null, after: 'm' },
  ]);
});
