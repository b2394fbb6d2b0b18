import type { ProcessTest, TestInstance } from '../testing/index.js';
import {
  boundaryEvent,
  definitions,
  error,
  errorEvent,
  eventSubProcess,
  externalTask,
  flow,
  mappings,
  message,
  messageEvent,
  path,
  process,
  subProcess,
  timerEvent,
} from './models.js';

/** A process with a bit of everything that waits, and the called process. */
export const storyModels: Readonly<Record<string, string>> = {
  'loan.bpmn': definitions(
    message('documents'),
    message('withdraw'),
    error('broke'),
    process(
      'loan',
      '<startEvent id="start" camunda:asyncBefore="true"/><parallelGateway id="fork"/><parallelGateway id="join"/>',
      subProcess(
        'collect',
        `<startEvent id="begin"/><receiveTask id="wait" messageRef="documents"/>`,
        boundaryEvent('reminder', 'wait', timerEvent('timeCycle', 'R2/P1D'), false),
        externalTask('remind'),
        path('begin', 'wait') + path('reminder', 'remind'),
      ),
      externalTask('score', 'score', mappings({ local: '${amount}' }, { score: '${points}' })),
      boundaryEvent('failed', 'score', errorEvent('broke')),
      '<callActivity id="check" calledElement="check"><extensionElements><camunda:out variables="all"/></extensionElements></callActivity>',
      '<userTask id="decide" camunda:candidateGroups="managers" camunda:asyncAfter="true"/>',
      eventSubProcess(
        'withdrawal',
        `<startEvent id="withdrawn" isInterrupting="false">${messageEvent('withdraw')}</startEvent><userTask id="note"/>`,
        path('withdrawn', 'note'),
      ),
      path('start', 'fork', 'collect', 'join', 'decide') +
        path('fork', 'score', 'check', 'join') +
        flow('failed', 'check'),
    ),
  ),
  'check.bpmn': definitions(process('check', '<startEvent id="start"/><userTask id="look"/>', path('start', 'look'))),
};

/** One instance of it from its start to its end, step by step. */
export const story: readonly ((engine: ProcessTest, loan: TestInstance) => void)[] = [
  (engine) => engine.settle(),
  (engine) => engine.advance('P1D'),
  (_, loan) => loan.completeExternalTask('remind'),
  (_, loan) => loan.failExternalTask('score', { message: 'no line', retries: 0 }),
  (engine) => engine.message('withdraw', { variables: { reason: 'too slow' } }),
  (_, loan) => loan.throwError('score', 'broke', { points: 1 }),
  (_, loan) => loan.completeTask('look', { checked: true }),
  (_, loan) => loan.completeTask('note'),
  (engine) => engine.message('documents', { variables: { pages: 3 } }),
  (_, loan) => loan.setVariables({ amount: 6 }),
  (_, loan) => loan.completeTask('decide', { approved: true }),
  (engine) => engine.settle(),
];
