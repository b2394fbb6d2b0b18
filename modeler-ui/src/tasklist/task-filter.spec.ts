import { expect, test } from 'vitest';
import { INITIAL_FILTER, taskQuery } from './task-filter.js';

test.each([
  [{}, {}],
  [{ scope: 'mine' as const }, { assignee: 'demo' }],
  [{ scope: 'unassigned' as const }, { unassigned: true }],
  [{ scope: 'group' as const, group: ' underwriters ' }, { candidateGroup: 'underwriters' }],
  [{ scope: 'group' as const }, {}],
  [{ group: 'ignored unless asked for' }, {}],
  [
    { name: 'review', businessKey: 'L-7' },
    { nameLike: '%review%', processInstanceBusinessKeyLike: '%L-7%' },
  ],
])('%j asks for %j', (filter, query) => {
  expect(taskQuery({ ...INITIAL_FILTER, ...filter }, 'demo')).toEqual(query);
});
