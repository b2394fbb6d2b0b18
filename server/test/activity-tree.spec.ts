import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentModule } from '../src/deployment/deployment.module.js';
import { ProcessDefinitionModule } from '../src/process-definition/process-definition.module.js';
import { ProcessInstanceModule } from '../src/process-instance/process-instance.module.js';
import { TaskModule } from '../src/task/task.module.js';
import { bpmn } from './support/models.js';
import { openTestRest, type TestRest } from './support/test-rest.js';

let rest: TestRest;

const THREE = `<bpmn:multiInstanceLoopCharacteristics>
  <bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>`;

const REVIEWS = `<bpmn:startEvent id="start" /><bpmn:userTask id="review">${THREE}</bpmn:userTask>
  <bpmn:sequenceFlow id="f" sourceRef="start" targetRef="review" />`;

const BOOKINGS = `<bpmn:startEvent id="start" />
  <bpmn:subProcess id="booking"><bpmn:startEvent id="begin" /><bpmn:task id="book" />
    <bpmn:boundaryEvent id="undone" attachedToRef="book"><bpmn:compensateEventDefinition /></bpmn:boundaryEvent>
    <bpmn:userTask id="undo" isForCompensation="true" /><bpmn:sequenceFlow id="g" sourceRef="begin" targetRef="book" />
    ${THREE}<bpmn:association id="a" associationDirection="One" sourceRef="undone" targetRef="undo" /></bpmn:subProcess>
  <bpmn:endEvent id="regret"><bpmn:compensateEventDefinition /></bpmn:endEvent>
  <bpmn:sequenceFlow id="f" sourceRef="start" targetRef="booking" /><bpmn:sequenceFlow id="h" sourceRef="booking" targetRef="regret" />`;

/** The same beside one that is a plain task, and alone: what a scope has of its own is an execution more in Camunda. */
const beside = (scope: string) => `<bpmn:startEvent id="start" /><bpmn:parallelGateway id="fork" />
  <bpmn:userTask id="plain" />${scope}<bpmn:sequenceFlow id="f" sourceRef="start" targetRef="fork" />
  <bpmn:sequenceFlow id="g" sourceRef="fork" targetRef="plain" /><bpmn:sequenceFlow id="h" sourceRef="fork" targetRef="x" />`;
const TIMER = `<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration>
  </bpmn:timerEventDefinition>`;
const BESIDE = {
  plain: '<bpmn:userTask id="x" />',
  watched: `<bpmn:userTask id="x" /><bpmn:boundaryEvent id="late" attachedToRef="x">${TIMER}</bpmn:boundaryEvent>`,
  waiting: `<bpmn:intermediateCatchEvent id="x">${TIMER}</bpmn:intermediateCatchEvent>`,
  worker: '<bpmn:serviceTask id="x" camunda:type="external" camunda:topic="x" />',
  inner: `<bpmn:subProcess id="x"><bpmn:startEvent id="begin" /><bpmn:userTask id="y" />
    <bpmn:sequenceFlow id="i" sourceRef="begin" targetRef="y" /></bpmn:subProcess>`,
  repeated: `<bpmn:userTask id="x">${THREE}</bpmn:userTask>`,
};

beforeAll(async () => {
  rest = await openTestRest([DeploymentModule, ProcessDefinitionModule, ProcessInstanceModule, TaskModule]);
  const { status, body } = await rest.upload('/deployment/create', {
    'reviews.bpmn': bpmn('reviews', REVIEWS),
    'bookings.bpmn': bpmn('bookings', BOOKINGS),
    ...Object.fromEntries(
      Object.entries(BESIDE).map(([key, scope]) => [`beside-${key}.bpmn`, bpmn(`beside-${key}`, beside(scope))]),
    ),
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
});
afterAll(() => rest.close());

interface Tree {
  readonly id: string;
  readonly activityId: string;
  readonly executionIds: readonly string[];
  readonly parentActivityInstanceId: string | null;
  readonly childActivityInstances: readonly Tree[];
  readonly childTransitionInstances: readonly {
    readonly activityId: string;
    readonly parentActivityInstanceId: string;
  }[];
}

async function started(key: string): Promise<string> {
  const { body } = await rest.post(`/process-definition/key/${key}/start`, {});
  return body.id;
}

async function completeOne(processInstanceId: string): Promise<void> {
  const { body } = await rest.get(`/task?processInstanceId=${processInstanceId}`);
  const { status } = await rest.post(`/task/${body[0].id}/complete`, {});
  expect(status).toBe(204);
}

async function treeOf(id: string): Promise<Tree> {
  return (await rest.get(`/process-instance/${id}/activity-instances`)).body;
}

/** `body[task,task,~task]`: what is inside in brackets, transitions with a tilde. */
function shape({ activityId, childActivityInstances, childTransitionInstances }: Tree): string {
  const inside = [
    ...childActivityInstances.map(shape),
    ...childTransitionInstances.map((transition) => `~${transition.activityId}`),
  ];
  return inside.length > 0 ? `${activityId}[${inside.join()}]` : activityId;
}

test('parallel instances stand directly in their body, and those that have ended are transitions', async () => {
  const id = await started('reviews');
  await completeOne(id);
  const [body] = (await treeOf(id)).childActivityInstances;
  expect(shape(body!)).toBe('review#multiInstanceBody[review,review,~review]');
  const parents = [...body!.childActivityInstances, ...body!.childTransitionInstances].map(
    (child) => child.parentActivityInstanceId,
  );
  expect(new Set(parents)).toEqual(new Set([body!.id]));
});

test('instances that are undone together are shown as one, with everything that is being undone in them', async () => {
  const id = await started('bookings');
  const shapes = async () => (await treeOf(id)).childActivityInstances.map(shape).sort();
  expect(await shapes()).toEqual(['booking#multiInstanceBody[booking[undo,undo,undo]]', 'regret']);
  await completeOne(id);
  expect(await shapes()).toEqual(['booking#multiInstanceBody[booking[undo,undo]]', 'regret']);
  await completeOne(id);
  await completeOne(id);
  expect((await rest.get(`/process-instance/${id}`)).status).toBe(404);
});

test.each([
  ['plain', 1],
  ['watched', 2],
  ['waiting', 2],
  ['worker', 2],
  ['inner', 2],
  ['repeated', 2],
])(
  'beside another token what is %s has as many executions in the outer scope as in Camunda: %i',
  async (key, count) => {
    const id = await started(`beside-${key}`);
    const tree = await treeOf(id);
    const inner = tree.childActivityInstances.find(({ activityId }) => activityId !== 'plain')!;
    expect(tree.executionIds).toEqual([id, ...(count === 2 ? [inner.id] : [])]);
    expect(inner.executionIds).toEqual([inner.id]);
  },
);
