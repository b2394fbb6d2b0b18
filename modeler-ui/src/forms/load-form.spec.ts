import { expect, test } from 'vitest';
import type { FormInfo } from '../api/types.js';
import { loadForm } from './load-form.js';

const before = { amount: { type: 'Integer', value: 5 } };
const load = (info: FormInfo | null, deployed: () => Promise<unknown> = () => Promise.reject(new Error('no form'))) =>
  loadForm({ info: () => Promise.resolve(info), deployed, variables: () => Promise.resolve(before) });

test('a form by reference is shown with the variables in its fields', async () => {
  const schema = { components: [{ type: 'number', key: 'amount' }] };
  const info = { key: null, camundaFormRef: { key: 'review', binding: 'deployment' } };
  expect(await load(info, () => Promise.resolve(schema))).toEqual({
    kind: 'form',
    schema,
    data: { amount: 5 },
    before,
  });
});

test('a form by key is shown as well', async () => {
  const schema = { components: [] };
  const form = await load({ key: 'camunda-forms:deployment:review.form' }, () => Promise.resolve(schema));
  expect(form.kind).toBe('form');
});

test('without a form, and with fields generated from the model, the variables are shown', async () => {
  expect(await load(null)).toEqual({ kind: 'generic', before, notice: null });
  expect(await load({ key: 'embedded:engine://engine/:engine/task/1/rendered-form' })).toEqual({
    kind: 'generic',
    before,
    notice: null,
  });
});

test('a form that can’t be shown is named, with the reason', async () => {
  const foreign = await load({ key: 'embedded:app:forms/a.html' });
  expect(foreign).toMatchObject({
    kind: 'generic',
    notice: 'The form “embedded:app:forms/a.html” can’t be shown here.',
  });
  const missing = await load({ key: 'camunda-forms:deployment:a.form' });
  expect(missing).toMatchObject({ notice: 'The form “camunda-forms:deployment:a.form” can’t be shown: no form' });
  const html = await load({ key: 'camunda-forms:deployment:a.html' }, () => Promise.resolve('<form>'));
  expect(html).toMatchObject({ kind: 'generic', notice: expect.stringContaining('isn’t a form-js form') });
});
