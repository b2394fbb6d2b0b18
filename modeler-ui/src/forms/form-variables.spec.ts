import { describe, expect, test } from 'vitest';
import { formDataOf, formVariableNames, variablesOfForm } from './form-variables.js';

const schema = {
  type: 'default',
  components: [
    { type: 'text', text: 'Please check {{applicant}}' },
    { type: 'textfield', key: 'applicant' },
    { type: 'number', key: 'amount' },
    { type: 'number', key: 'rate', decimalDigits: 2 },
    { type: 'checkbox', key: 'approved' },
    { type: 'select', key: 'reason' },
    { type: 'taglist', key: 'documents' },
    { type: 'datetime', subtype: 'date', key: 'birthday' },
    { type: 'group', components: [{ type: 'textfield', key: 'street' }] },
    { type: 'group', path: 'employer', components: [{ type: 'textfield', key: 'name' }] },
    { type: 'textfield', key: 'bank.iban' },
  ],
};

describe('a submitted form becomes typed variables', () => {
  test('by the fields of the form', () => {
    expect(
      variablesOfForm(
        {
          applicant: 'Ada',
          amount: 5000,
          rate: 3,
          approved: false,
          reason: '',
          documents: ['payslip'],
          birthday: '1990-04-01',
          street: '',
          employer: { name: 'Mill' },
          bank: { iban: 'DE00' },
        },
        schema,
      ),
    ).toEqual({
      applicant: { type: 'String', value: 'Ada' },
      amount: { type: 'Integer', value: 5000 },
      rate: { type: 'Double', value: 3 },
      approved: { type: 'Boolean', value: false },
      reason: { type: 'Null', value: null },
      documents: { type: 'Json', value: '["payslip"]' },
      birthday: { type: 'String', value: '1990-04-01' },
      street: { type: 'String', value: '' },
      employer: { type: 'Json', value: '{"name":"Mill"}' },
      bank: { type: 'Json', value: '{"iban":"DE00"}' },
    });
  });

  test('a variable keeps the type it had, as far as the value fits', () => {
    const before = {
      amount: { type: 'Long', value: 1 },
      birthday: { type: 'Date', value: '1990-04-01T00:00:00.000+0000' },
    };
    expect(variablesOfForm({ amount: 2, birthday: '1991-05-02' }, schema, before)).toEqual({
      amount: { type: 'Long', value: 2 },
      birthday: { type: 'Date', value: '1991-05-02T00:00:00.000+0000' },
    });
    expect(variablesOfForm({ amount: 2.5 }, schema, before)).toEqual({ amount: { type: 'Double', value: 2.5 } });
  });

  test('whole numbers beyond 32 bits are Long', () => {
    expect(variablesOfForm({ amount: 3_000_000_000 }, schema)).toEqual({
      amount: { type: 'Long', value: 3_000_000_000 },
    });
  });

  test('data without a field isn’t sent back', () => {
    expect(variablesOfForm({ applicant: 'Ada', secret: 'x' }, schema)).toEqual({
      applicant: { type: 'String', value: 'Ada' },
    });
  });
});

describe('variables become form data', () => {
  test('structured values are parsed, dates fit their field', () => {
    expect(
      formDataOf(
        {
          employer: { type: 'Json', value: '{"name":"Mill"}' },
          legacy: {
            type: 'Object',
            value: 'rO0AB',
            valueInfo: { serializationDataFormat: 'application/x-java-serialized-object' },
          },
          birthday: { type: 'Date', value: '1990-04-01T00:00:00.000+0000' },
          amount: { type: 'Long', value: 7 },
        },
        schema,
      ),
    ).toEqual({ employer: { name: 'Mill' }, legacy: 'rO0AB', birthday: '1990-04-01', amount: 7 });
  });
});

test('the form names the variables it needs', () => {
  expect(formVariableNames(schema)).toEqual([
    'applicant',
    'amount',
    'rate',
    'approved',
    'reason',
    'documents',
    'birthday',
    'street',
    'employer',
    'bank',
  ]);
});
