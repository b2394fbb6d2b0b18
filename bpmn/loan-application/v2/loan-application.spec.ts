import { readdir, readFile } from 'node:fs/promises';
import { processTest } from '@millrace/engine/testing';
import { expect, test } from 'vitest';

const VERSION_2 = new URL('.', import.meta.url);
const SHARED = new URL('..', import.meta.url);
const MODELS = ['credit-check.bpmn', 'loan-application.bpmn'];

async function read(folder: URL, names: readonly string[]): Promise<Record<string, string>> {
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? '']));
}

test('a loan goes through version 2: one borrower for the bureau, terms in their own room, no archive', async () => {
  const shared = (await readdir(SHARED)).filter((name) => /\.(dmn|form)$/.test(name));
  const files = { ...(await read(SHARED, shared)), ...(await read(VERSION_2, MODELS)) };
  const engine = await (await processTest()).deploy(files);
  const sample = JSON.parse(await readFile(new URL('sample-application.json', SHARED), 'utf8'));
  const entries = Object.entries<{ value: unknown }>(sample.variables).map(([name, { value }]) => [name, value]);
  const loan = engine.start('loan-application', Object.fromEntries(entries), { businessKey: 'APP-1' });
  loan.completeExternalTask('credit-check', { creditScore: 600, creditReport: {} });
  loan.completeExternalTask('fraud-check', { fraudSuspected: false, fraudFindings: [] });
  loan.completeExternalTask('valuation', { collateralValue: 5000, loanToValue: 0.5 });
  loan.completeTask('AssessApplication', { loanApproved: true });
  loan.completeTask('AgreeTerms');
  loan.completeExternalTask('notify-applicant', {});
  const answer = { offerAccepted: true, accountNumber: 'DE02120300000000202051' };
  engine.message('offer-answered', { businessKey: 'APP-1', variables: answer });
  loan.completeExternalTask('disbursement', { paymentReference: 'P-1' });
  loan.completeExternalTask('notify-applicant', {});
  expect(loan.ended).toBe(true);
  expect(loan.variables()).toMatchObject({ outcome: 'approved' });
  expect(loan.path()).toEqual(expect.arrayContaining(['SettleTerms', 'TermsSettled', 'LoanPaidOut']));
  expect(loan.path()).not.toContain('ArchiveDocuments');
});

test.each(MODELS)('everything in %s is drawn, once, and flows begin and end at what they join', async (name) => {
  const [xml = ''] = Object.values(await read(VERSION_2, [name]));
  const ids = (tags: string) =>
    [...xml.matchAll(new RegExp(`<bpmn:(?:${tags}) id="(\\w+)"`, 'g'))].map(([, id = '']) => id);
  const kinds = '\\w*(?:Task|Gateway|startEvent|endEvent|ThrowEvent|CatchEvent|boundaryEvent)|subProcess|callActivity';
  const shapes = new Map<string, [number, number, number, number]>();
  for (const [, id = '', bounds = ''] of xml.matchAll(
    /<bpmndi:BPMNShape [^>]*bpmnElement="(\w+)"[^>]*>\s*<dc:Bounds ([^>]*)>/g,
  )) {
    expect(shapes.has(id), id).toBe(false);
    const [x = 0, y = 0, width = 0, height = 0] = [...bounds.matchAll(/="(\d+)"/g)].map(([, number]) => Number(number));
    shapes.set(id, [x, y, x + width, y + height]);
  }
  for (const id of ids(kinds)) expect([...shapes.keys()]).toContain(id);
  const edges = new Map<string, [number, number][]>();
  for (const [, id = '', inside = ''] of xml.matchAll(
    /<bpmndi:BPMNEdge [^>]*bpmnElement="(\w+)"[^>]*>(.*?)<\/bpmndi:BPMNEdge>/gs,
  ))
    edges.set(
      id,
      [...inside.matchAll(/waypoint x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)]),
    );
  for (const [, id = '', from = '', to = ''] of xml.matchAll(
    /<bpmn:sequenceFlow id="(\w+)"[^>]*sourceRef="(\w+)" targetRef="(\w+)"/g,
  )) {
    const points = edges.get(id) ?? [];
    for (const [shape, point] of [
      [shapes.get(from), points.at(0)],
      [shapes.get(to), points.at(-1)],
    ] as const) {
      const [left, top, right, bottom] = shape ?? [0, 0, 0, 0];
      const [x, y] = point ?? [-1, -1];
      expect(x >= left && x <= right && y >= top && y <= bottom, `${id} at ${point}`).toBe(true);
    }
  }
  expect(edges.size).toBe(ids('sequenceFlow|association').length);
});
