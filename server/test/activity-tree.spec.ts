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

beforeAll(async () => {
  rest = await openTestRest([DeploymentModule, ProcessDefinitionModule, ProcessInstanceModule, TaskModule]);
  const { status, body } = await rest.upload('/deployment/create', {
    'reviews.bpmn': bpmn('reviews', REVIEWS),
    'bookings.bpmn': bpmn('bookings', BOOKINGS),
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
});
afterAll(() => rest.close());

interface Tree {
  readonly id: string;
  readonly activityId: string;
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
