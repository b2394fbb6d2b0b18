import type { ActivityNode, InstanceState } from '@millrace/engine';
import { expect, test } from 'vitest';
import { StateCache } from './state-cache.js';

const KIB = 1024;

/** Of one activity instance and a text of about this size in memory. */
function stateOf(id: string, bytes: number): InstanceState {
  const variables = { note: { id: 'v', type: 'String', value: 'x'.repeat(bytes / 2) } };
  return { id, nodes: new Map([[id, { id, variables } as unknown as ActivityNode]]) } as unknown as InstanceState;
}

const held = (cache: StateCache, count: number) =>
  Array.from({ length: count }, (_, i) => `${i}`).filter((id) => cache.get(id) !== undefined);

test('the states that were used last are held, and not more than fit', () => {
  const cache = new StateCache(100 * KIB);
  for (let i = 0; i < 500; i++) cache.set(`${i}`, stateOf(`${i}`, 9 * KIB));
  expect(cache.get('499')?.id).toBe('499');
  expect(cache.get('495')?.id).toBe('495');
  expect(held(cache, 500).length).toBeLessThanOrEqual(11);
});

test('a state that is used again and again stays, in the form in which it was set last', () => {
  const cache = new StateCache(100 * KIB);
  cache.set('hot', stateOf('hot', KIB));
  const latest = stateOf('hot', 2 * KIB);
  cache.set('hot', latest);
  for (let i = 0; i < 500; i++) {
    cache.set(`${i}`, stateOf(`${i}`, 9 * KIB));
    expect(cache.get('hot')).toBe(latest);
  }
  cache.delete('hot');
  expect(cache.get('hot')).toBeUndefined();
});

test('a state that is larger than all the room drives the others out and goes with the next one of its kind', () => {
  const cache = new StateCache(10 * KIB);
  cache.set('small', stateOf('small', KIB));
  cache.set('large', stateOf('large', 50 * KIB));
  expect(cache.get('large')?.id).toBe('large');
  cache.set('larger', stateOf('larger', 60 * KIB));
  expect(cache.get('large')).toBeUndefined();
});
