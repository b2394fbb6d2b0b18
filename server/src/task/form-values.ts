import { type FormField, fromNative, type TypedValue, toNative, type Variables } from '@millrace/engine';
import { refused } from '../http/rest-error.js';

/** The type of the variable that a field of the model's form writes. */
export function variableTypeOf({ type }: FormField): 'Long' | 'Boolean' | 'Date' | 'String' {
  if (type === 'long' || type === 'integer') return 'Long';
  if (type === 'boolean') return 'Boolean';
  return type === 'date' ? 'Date' : 'String';
}

/** A value as its field shows it: dates as `dd/mm/yyyy`, everything else as its text. */
export function toText(field: FormField, value: TypedValue | null): string | null {
  const native = value === null ? null : toNative(value);
  if (native === null || native === undefined) return null;
  if (field.type !== 'date' || !(native instanceof Date)) return String(native);
  const [year, month, day] = native.toISOString().slice(0, 10).split('-');
  return `${day}/${month}/${year}`;
}

/**
 * What a submitted form sets: each field's value in the field's type, checked against its constraints; what is no
 * field of the form stays as it was sent.
 * @param defaults of the fields that have one
 * @throws RestError (400) that names the field
 */
export function readForm(fields: readonly FormField[], given: Variables, defaults: Variables): Variables {
  const result: Record<string, TypedValue> = { ...given };
  for (const field of fields) {
    const sent = given[field.id];
    if (sent && field.constraints.some(({ name }) => name === 'readonly')) throw wrong(field, 'it can only be read');
    const value = sent && sent.value !== null ? convert(field, sent) : (defaults[field.id] ?? null);
    check(field, value);
    if (value) result[field.id] = value;
  }
  return result;
}

function convert(field: FormField, typed: TypedValue): TypedValue {
  const type = variableTypeOf(field);
  if (typed.type === type) return inValues(field, typed);
  const text = String(typed.value).trim();
  switch (type) {
    case 'Long':
      if (/^[+-]?\d{1,15}$/.test(text)) return { type, value: Number(text) };
      throw wrong(field, `'${text}' is not a whole number`);
    case 'Boolean':
      if (text === 'true' || text === 'false') return { type, value: text === 'true' };
      throw wrong(field, `'${text}' is neither true nor false`);
    case 'Date': {
      const [, day, month, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
      const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
      if (date.getUTCDate() === Number(day)) return fromNative(date);
      throw wrong(field, `'${text}' is not a date like 31/12/2026`);
    }
    default:
      return inValues(field, { type: 'String', value: String(typed.value) });
  }
}

function inValues(field: FormField, typed: TypedValue): TypedValue {
  if (field.type !== 'enum' || field.values.some(({ id }) => id === typed.value)) return typed;
  throw wrong(field, `'${typed.value}' is none of ${field.values.map(({ id }) => `'${id}'`).join(', ')}`);
}

function check(field: FormField, value: TypedValue | null): void {
  const empty = value === null || value.value === null || value.value === '';
  for (const { name, configuration } of field.constraints) {
    if (name === 'required' && empty) throw wrong(field, 'it is required');
    if (empty) continue;
    const limit = Number(configuration);
    const size = name.endsWith('length') ? String(value.value).length : Number(value.value);
    if (name === 'min' && size < limit) throw wrong(field, `${size} is less than ${limit}`);
    if (name === 'max' && size > limit) throw wrong(field, `${size} is more than ${limit}`);
    if (name === 'minlength' && size < limit) throw wrong(field, `it is shorter than ${limit} characters`);
    if (name === 'maxlength' && size > limit) throw wrong(field, `it is longer than ${limit} characters`);
  }
}

function wrong(field: FormField, reason: string) {
  return refused(`The value of form field '${field.id}' cannot be taken: ${reason}`);
}
