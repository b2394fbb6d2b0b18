import { afterAll, beforeAll, expect, test } from 'vitest';
import { eachOf } from './support/loan-story/each-of.js';
import { Loan } from './support/loan-story/loan.js';
import { finish } from './support/loan-story/loan-finish.js';
import { loanForm, loanJson } from './support/loan-story/loan-models.js';
import { PLACES } from './support/loan-story/loan-places.js';
import { LoanStory, PINS } from './support/loan-story/loan-story.js';
import { picture } from './support/loan-story/picture.js';
import { standing } from './support/loan-story/standing.js';
import { bpmn, END, START, sequence, USER_TASK } from './support/models.js';

/**
 * The story of docs/changing-a-running-process.md, told in order; each test goes on where the one before ended. The
 * embedded database would need minutes for 500 loans, so there it is one for each place.
 */
const COUNT = process.env['DATABASE_URL'] ? 500 : PLACES.length;
/** Where version 1 stood and version 2 has nothing to stand at, or nothing that can be mapped. */
const STUCK = ['to archive', 'payment to reverse'];

// biome-ignore lint/suspicious/noExplicitAny: answers have every shape
type Answered = Record<string, any>;

let story: LoanStory;
let v1: string;
let before: Map<string, unknown>;
let migrationId: string;

const ids = (loans: readonly Loan[]) => loans.map(({ id }) => id);
const migratable = () => story.loans.filter(({ place }) => !STUCK.includes(place.name)).map(({ loan }) => loan);
const planFile = (key: string) => loanJson(`migrations/${key}-1.0-to-2.0.json`);
const ofVersion1 = () => ({ processDefinitionId: v1 });

beforeAll(async () => {
  story = await LoanStory.begin();
  v1 = await story.definition('loan-application', 1);
  await story.populate(COUNT);
}, 600_000);
afterAll(() => story.server.close());

test('loans wait in every state in which version 1 can wait', async () => {
  expect(await story.running('loan-application', 1)).toBe(COUNT);
  const occupied = new Set<string>();
  await eachOf(story.loans, async ({ loan, place }) => {
    const places = (await standing(story.server, loan.id)).map(({ elementId }) => elementId);
    expect(places, place.name).toEqual(place.at);
    for (const elementId of places) occupied.add(elementId);
  });
  const xml = (await story.server.get(`/process-definition/${v1}/xml`)).body.bpmn20Xml as string;
  const kinds = 'userTask|sendTask|serviceTask|receiveTask|callActivity|businessRuleTask|eventBasedGateway';
  const waiting = [...xml.matchAll(new RegExp(`<bpmn:(?:${kinds}) id="(\\w+)"`, 'g'))].map(([, id]) => id);
  expect(waiting.length).toBeGreaterThan(20);
  expect([...occupied].sort()).toEqual(['ChecksJoin', 'PaymentReported', 'UndoPayment', ...waiting].sort());

  const count = async (path: string) => (await story.server.get(path)).body.count;
  const gaveUp = [...story.at('bureau gave up'), ...story.at('payment gave up')].length;
  expect(await count('/incident/count')).toBeGreaterThanOrEqual(gaveUp);
  expect(await count('/external-task/count?locked=true')).toBeGreaterThanOrEqual(
    [...story.at('bureau at work'), ...story.at('valuation at work')].length,
  );
  const children = story.loans.filter(({ place }) => place.at.includes('CheckCredit'));
  expect(await story.running('credit-check', 1)).toBe(children.flatMap(({ place }) => place.at).length);
}, 120_000);

test('the deployment plan says beforehand what would become of each of them, and stores nothing', async () => {
  const counts = async () => [
    (await story.server.get('/deployment/count')).body.count,
    (await story.server.get('/process-definition/count')).body.count,
  ];
  const stored = await counts();
  const { status, body } = await story.upload('/../api/deployment/plan', await loanForm(2, PINS));
  expect(status).toBe(200);
  expect(await counts()).toEqual(stored);
  expect(body.verdict).toBe('attention');
  expect(body.counts.resources).toEqual({ new: 0, changed: 2, unchanged: 6, reused: 0 });

  const unmapped = story.at('review', 'review escalated', 'terms', 'to archive').length;
  const reversing = story.at('payment to reverse').length;
  const loans = body.versions.find(({ key }: Answered) => key === 'loan-application');
  expect(loans).toMatchObject({ version: 1, instances: COUNT });
  expect(loans.outcomes).toEqual({
    moves: COUNT - unmapped - reversing,
    'needs-mapping': unmapped,
    stays: reversing,
    breaks: 0,
  });
  expect(loans.groups.reduce((sum: number, { instances }: Answered) => sum + instances, 0)).toBe(COUNT);
  const outcomesAt = (id: string) => loans.elements.find(({ elementId }: Answered) => elementId === id);
  expect(outcomesAt('ArchiveDocuments')).toMatchObject({
    instances: story.at('to archive').length,
    reasons: ["There is no migration instruction for this instance's activity"],
  });
  expect(outcomesAt('CheckDocuments').outcomes.moves).toBe(story.at('documents at the clerk').length);
  const checks = body.versions.find(({ key }: Answered) => key === 'credit-check');
  expect(checks.outcomes['needs-mapping']).toBe(await story.running('credit-check', 1));

  const said = (kind: string) => body.problems.filter((each: Answered) => each.kind === kind);
  expect(said('topic')[0].message).toContain("The topic 'archive-documents' is no longer used");
  expect(said('worker').map(({ message }: Answered) => message)).toContain(
    "No worker for the topic 'valuation' is connected whose version is in '>=2'",
  );
  expect(
    said('event')
      .map(({ elementId }: Answered) => elementId)
      .sort(),
  ).toEqual(['OfferDeadline', 'ReminderDue', 'ReviewOverdue']);
}, 60_000);

test('version 2 is deployed, and nothing happens to those that run', async () => {
  const everybody = ids(story.loans.map(({ loan }) => loan));
  before = await picture(story.server, everybody);
  await story.deploy(2);
  const after = await picture(story.server, everybody);
  for (const id of everybody) expect(after.get(id)).toEqual(before.get(id));
}, 120_000);

test('an old parent calls the old child, and a new one the new child', async () => {
  const clerk = PLACES.find(({ name }) => name === 'documents at the clerk')!;
  const fresh = await story.start('NEW-1');
  const called = async (loan: Loan) =>
    (await story.server.get(`/process-instance?superProcessInstance=${loan.id}`)).body[0].definitionId;
  expect(await called(fresh)).toBe(await story.definition('credit-check', 2));
  await finish(story.server, fresh);

  const { variables } = await loanJson('sample-application.json');
  variables.documentsComplete.value = false;
  const started = await story.server.post(`/process-definition/${v1}/start`, { businessKey: 'OLD-1', variables });
  const late = new Loan(story.server, started.body.id, 'OLD-1');
  await clerk.reach(late);
  await late.decide('CheckDocuments', { documentsComplete: true });
  expect(await called(late)).toBe(await story.definition('credit-check', 1));
  // Its own workers serve it to the end, the one of the step that has gone from version 2 among them.
  await finish(story.server, late);
  const history = await story.server.get(
    `/history/activity-instance?processInstanceId=${late.id}&activityId=ArchiveDocuments&finished=true`,
  );
  expect(history.body).toHaveLength(1);
  const release = (await story.server.get(`/process-definition/${v1}`)).body.deploymentId;
  const rebound = await story.api(`release/${release}/rebind`, {
    processDefinitionId: v1,
    elementId: 'CheckCredit',
    targetDefinitionId: await story.definition('credit-check', 2),
  });
  expect(rebound.status).toBe(400);
}, 60_000);

test('a child that is deployed by itself breaks no parent; a parent calls it when it was bound to it on purpose', async () => {
  const { server } = story;
  /** A surveyor is sent to an address that the called process works out from what it is given. */
  const survey = (where: string) => {
    const input = `<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="where">${where}</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>`;
    const task = `<bpmn:serviceTask id="survey" camunda:type="external" camunda:topic="survey">${input}</bpmn:serviceTask>`;
    return bpmn('property-survey', sequence(START, task, END));
  };
  const asking = (key: string, binding = '') => {
    const all = '<bpmn:extensionElements><camunda:in variables="all" /></bpmn:extensionElements>';
    const call = `<bpmn:callActivity id="call" calledElement="property-survey" ${binding}>${all}</bpmn:callActivity>`;
    return bpmn(key, sequence(START, USER_TASK, call, END));
  };
  const given = { address: { value: 'Mill Lane 1', type: 'String' } };
  const goOn = async (id: string) => {
    const [task] = (await server.get(`/task?processInstanceId=${id}`)).body;
    return server.post(`/task/${task.id}/complete`, {});
  };
  const called = async (id: string) =>
    (await server.get(`/process-instance?superProcessInstance=${id}`)).body.map(
      ({ definitionId }: Answered) => definitionId,
    );
  /** The worker does what there is. @returns where it was sent */
  const work = async () => {
    const topics = [{ topicName: 'survey', lockDuration: 60_000 }];
    const { body } = await server.post('/external-task/fetchAndLock', { workerId: 'surveyor', maxTasks: 10, topics });
    for (const { id } of body) await server.post(`/external-task/${id}/complete`, { workerId: 'surveyor' });
    return body.map(({ variables }: Answered) => variables.where.value);
  };
  const state = async (id: string) => (await server.get(`/history/process-instance/${id}`)).body.state;

  const child1 = await server.deploy(['survey.bpmn', survey('${address}')]);
  const parent = await server.deploy(['order.bpmn', asking('survey-order')]);
  await server.deploy(['loose.bpmn', asking('survey-loose', 'camunda:calledElementBinding="latest"')]);
  const calling = await server.start('survey-order', given);
  await goOn(calling);
  const waiting = await server.start('survey-order', given);
  const loose = await server.start('survey-loose', given);

  // Version 2 of the child wants what no parent of today has.
  const child2 = await server.deploy(['survey.bpmn', survey('${property.address}')]);
  expect(child2).not.toBe(child1);
  expect(await called(calling)).toEqual([child1]);
  expect((await goOn(waiting)).status).toBe(204);
  const later = await server.start('survey-order', given);
  expect((await goOn(later)).status).toBe(204);
  expect([await called(waiting), await called(later)]).toEqual([[child1], [child1]]);
  expect(await work()).toEqual(['Mill Lane 1', 'Mill Lane 1', 'Mill Lane 1']);
  expect([await state(calling), await state(waiting), await state(later)]).toEqual(Array(3).fill('COMPLETED'));
  // What the pin saves them from: a model that asks for the latest child crashes, and stays where it was.
  const crash = await goOn(loose);
  expect(crash.status).toBe(500);
  expect(crash.body.message).toContain('property');
  expect((await server.get(`/task/count?processInstanceId=${loose}`)).body.count).toBe(1);

  const { deploymentId } = (await server.get(`/process-definition/${parent}`)).body;
  const edges = async () => (await story.api(`release/${deploymentId}/graph`)).body.edges;
  expect(await edges()).toMatchObject([{ elementId: 'call', binding: 'pinned', targetId: child1 }]);

  // Version 3 takes both; a parent that runs calls it from now on, and nobody else.
  const child3 = await server.deploy([
    'survey.bpmn',
    survey("${execution.hasVariable('property') ? property.address : address}"),
  ]);
  const [begun, before] = [await server.start('survey-order', given), await server.start('survey-order', given)];
  await goOn(begun);
  const rebound = await story.api(`release/${deploymentId}/rebind`, {
    processDefinitionId: parent,
    elementId: 'call',
    targetDefinitionId: child3,
    reason: 'takes old orders, too',
  });
  expect(rebound).toMatchObject({ status: 200, body: { binding: 'pinned', targetId: child3 } });
  expect(await edges()).toMatchObject([{ elementId: 'call', targetId: child3 }]);
  await goOn(before);
  expect(await called(begun)).toEqual([child1]);
  expect(await called(before)).toEqual([child3]);
  expect(await work()).toEqual(['Mill Lane 1', 'Mill Lane 1']);
  expect([await state(begun), await state(before)]).toEqual(['COMPLETED', 'COMPLETED']);
}, 60_000);

test('the worker that was replaced gets what is old, its successor what is new', async () => {
  const fresh = await story.start('NEW-2');
  await fresh.work('QueryBureau', { creditScore: 600, creditReport: '{}' });
  await fresh.run('ClassifyRisk');
  const fetch = async (workerId: string) => {
    const { body } = await story.server.post('/external-task/fetchAndLock', {
      workerId,
      maxTasks: 1000,
      topics: [{ topicName: 'valuation', lockDuration: 60_000 }],
    });
    for (const { id } of body) await story.server.post(`/external-task/${id}/unlock`);
    return new Set(body.map(({ processDefinitionId }: Answered) => processDefinitionId));
  };
  await story.announce('valuation-1', '1.0.0', ['valuation']);
  await story.announce('valuation-2', '2.0.0', ['valuation']);
  const v2 = await story.definition('loan-application', 2);
  expect(await fetch('valuation-1')).toEqual(new Set([v1]));
  expect(await fetch('valuation-2')).toEqual(new Set([v1, v2]));
  await finish(story.server, fresh);
}, 60_000);

test('the dry run groups them by where they stand, and its counts add up', async () => {
  const { body } = await story.api('migration/dry-run', {
    planFile: await planFile('loan-application'),
    processInstanceQuery: ofVersion1(),
  });
  const stuck = story.at(...STUCK).length;
  expect(body.counts).toEqual({ clean: COUNT - stuck, attention: 0, refused: stuck });
  expect(body.groups.reduce((sum: number, { count }: Answered) => sum + count, 0)).toBe(COUNT);
  const refused = body.groups.filter(({ verdict }: Answered) => verdict === 'refused');
  expect(refused.map(({ reasons }: Answered) => reasons[0].elementId).sort()).toEqual([
    'ArchiveDocuments',
    'UndoPayment',
  ]);
  expect(body.topicsWithoutWorker).toContain('notify-applicant');
  // Its workers have announced themselves, but hold nothing and wait for nothing.
  expect(body.topicsWithoutWorker).not.toContain('valuation');
}, 60_000);

test('the migration moves all that can, and says of the others why they stay', async () => {
  before = await picture(story.server, ids(migratable()));
  const { status, body } = await story.api('migration/execute-async', {
    planFile: await planFile('loan-application'),
    processInstanceQuery: ofVersion1(),
  });
  expect(status).toBe(200);
  migrationId = body.id;
  const stuck = story.at(...STUCK);
  const progress = await story.drive(body);
  expect(progress).toMatchObject({ total: COUNT, done: COUNT - stuck.length, failed: stuck.length, skipped: 0 });
  for (const { total, open, done, failed, skipped } of progress.seen)
    expect(open + done + failed + skipped).toBe(total);
  expect(await story.running('loan-application', 2)).toBe(COUNT - stuck.length);
  const { body: failures } = await story.api(`batch/${migrationId}/failures?maxResults=1000`);
  expect(failures.map(({ itemId }: Answered) => itemId).sort()).toEqual(ids(stuck).sort());
  for (const { reason } of failures) expect(reason).toMatch(/ArchiveDocuments|UndoPayment/);
}, 240_000);

test('the undo puts back exactly those that have not moved on', async () => {
  const moved = story.at('review', 'offer to send');
  for (const loan of story.at('review')) await loan.decide('AssessApplication', { loanApproved: true });
  for (const loan of story.at('offer to send')) await loan.work('SendOffer');
  const { body: batch } = await story.api(`migration/${migrationId}/undo`, { annotation: 'too early' });
  const progress = await story.drive(batch);
  const total = migratable().length;
  expect(progress).toMatchObject({ total, done: total - moved.length, failed: 0, skipped: moved.length });
  const back = ids(migratable()).filter((id) => !ids(moved).includes(id));
  const after = await picture(story.server, back);
  for (const id of back) expect(after.get(id)).toEqual(before.get(id));
  expect(await story.running('loan-application', 2)).toBe(moved.length);
  const { body: failures } = await story.api(`batch/${batch.id}/failures?maxResults=1000`);
  expect(failures.map(({ itemId }: Answered) => itemId).sort()).toEqual(ids(moved).sort());
  for (const { reason } of failures) expect(reason).not.toBe('');
}, 240_000);

test('the migration is repeated, for the called process too', async () => {
  const rest = await story.running('loan-application', 1);
  const again = await story.api('migration/execute-async', {
    planFile: await planFile('loan-application'),
    processInstanceQuery: ofVersion1(),
  });
  const stuck = story.at(...STUCK).length;
  expect(await story.drive(again.body)).toMatchObject({ total: rest, done: rest - stuck, failed: stuck, skipped: 0 });
  const checks = await story.running('credit-check', 1);
  const called = await story.api('migration/execute-async', {
    planFile: await planFile('credit-check'),
    processInstanceQuery: { processDefinitionId: await story.definition('credit-check', 1) },
  });
  expect(await story.drive(called.body)).toMatchObject({ total: checks, done: checks, failed: 0, skipped: 0 });
  expect(await story.running('credit-check', 1)).toBe(0);
}, 240_000);

test('the old worker may be stopped when nobody needs it any more, and not before', async () => {
  await story.setState(v1, 'draining');
  const retirement = async () => {
    // As workers do every few seconds; by the second time the first would be forgotten.
    await story.announce('old', '1.0.0', ['archive-documents', 'notify-applicant']);
    await story.announce('new', '2.0.0', ['notify-applicant', 'disbursement', 'disbursement-reversal']);
    return (await story.api('worker-versions/1.0.0/retirement')).body;
  };
  const no = await retirement();
  expect(no.safeToStop).toBe(false);
  expect(no.sentence).toMatch(/^safe to stop: no, .*loan-application v1.*archive-documents/);
  expect(no.stillNeeded[0]).toMatchObject({ topicName: 'archive-documents', waiting: story.at('to archive').length });

  await eachOf(story.loans, ({ loan }) => finish(story.server, loan));
  expect(await story.running('loan-application', 1)).toBe(0);
  expect(await story.running('loan-application', 2)).toBe(0);
  const yes = await retirement();
  expect(yes).toMatchObject({ safeToStop: true, stillNeeded: [] });
  expect((await story.api(`process-definition/${v1}/state`)).body.state).toBe('drained');
}, 600_000);
