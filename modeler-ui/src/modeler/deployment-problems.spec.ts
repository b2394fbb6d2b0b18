import { expect, test } from 'vitest';
import { problemsOf } from './deployment-problems.js';

test('every problem names its file, place and elements, errors first', () => {
  const problems = problemsOf({
    type: 'ParseException',
    message: 'ENGINE-09005 Could not parse BPMN process.',
    details: {
      'b.bpmn': {
        errors: [{ message: 'late', line: 9, column: 3, mainElementId: 'flow', elementIds: ['task', 'flow'] }],
        warnings: [{ message: 'careful', line: 1, column: 1, mainElementId: null, elementIds: null }],
      },
      'a.bpmn': {
        errors: [{ message: 'early', line: 0, column: 0, mainElementId: null, elementIds: [] }],
        warnings: null,
      },
    },
  });
  expect(problems).toEqual([
    { severity: 'error', file: 'a.bpmn', message: 'early', line: null, column: null, elementId: null, elementIds: [] },
    {
      severity: 'error',
      file: 'b.bpmn',
      message: 'late',
      line: 9,
      column: 3,
      elementId: 'flow',
      elementIds: ['flow', 'task'],
    },
    { severity: 'warning', file: 'b.bpmn', message: 'careful', line: 1, column: 1, elementId: null, elementIds: [] },
  ]);
});

test('a refusal without details still says why', () => {
  expect(problemsOf({ type: 'ParseException', message: 'no XML', details: null })).toMatchObject([
    { severity: 'error', message: 'no XML', elementId: null },
  ]);
});
