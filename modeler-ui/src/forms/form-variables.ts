import type { VariableMap, VariableValue } from '../api/types.js';
import { toApiDate } from '../ui/typed-values.js';

/** A form-js schema, as far as the mapping of variables looks at it. */
export interface FormSchema {
  type?: string;
  components?: FormComponent[];
  [property: string]: unknown;
}

interface FormComponent {
  type: string;
  key?: string;
  path?: string;
  subtype?: string;
  decimalDigits?: number;
  components?: FormComponent[];
  [property: string]: unknown;
}

/** Variables → the plain data that form-js shows: structured values parsed, dates as its date fields want them. */
export function formDataOf(variables: VariableMap, schema: FormSchema): Record<string, unknown> {
  const fields = fieldsByVariable(schema);
  const data: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const value = plainValue(variable);
    const field = fields.get(name);
    data[name] =
      typeof value === 'string' && variable.type === 'Date' && field?.type === 'datetime'
        ? dateFieldText(value, field.subtype)
        : value;
  }
  return data;
}

/**
 * What form-js submitted → typed variables. A variable keeps the type it had before where the new value allows it, so
 * that a form doesn't turn a Long into an Integer; else the field and the value decide. Empty fields become Null, so
 * that expressions can ask for them.
 */
export function variablesOfForm(
  data: Record<string, unknown>,
  schema: FormSchema,
  before: VariableMap = {},
): VariableMap {
  const fields = fieldsByVariable(schema);
  const variables: VariableMap = {};
  for (const [name, value] of Object.entries(data)) {
    if (!fields.has(name)) continue; // shown through an expression, or not part of the form
    variables[name] = typedValue(value, fields.get(name) as FormComponent, before[name]?.type ?? null);
  }
  return variables;
}

/** The names of the variables that the form's fields read and write, in the order of the form. */
export function formVariableNames(schema: FormSchema): string[] {
  return [...fieldsByVariable(schema).keys()];
}

/** Fields below a group with a path, or with a dotted key, share one structured variable: the first part of the name. */
function fieldsByVariable(schema: FormSchema): Map<string, FormComponent> {
  const fields = new Map<string, FormComponent>();
  const visit = (component: FormComponent) => {
    const name = component.key ?? component.path;
    if (name !== undefined && name !== '') {
      const [root = name, ...rest] = name.split('.');
      const isStructured = rest.length > 0 || (component.path ?? '') !== '';
      fields.set(root, isStructured ? { type: 'structured' } : component);
      if ((component.path ?? '') !== '') return; // what is below belongs to the structured variable
    }
    for (const child of component.components ?? []) visit(child);
  };
  for (const component of schema.components ?? []) visit(component);
  return fields;
}

function plainValue({ type, value }: VariableValue): unknown {
  if ((type === 'Json' || type === 'Object') && typeof value === 'string') {
    try {
      return JSON.parse(value);
    } catch {
      return value; // an object in a format that isn't JSON; the form shows its text
    }
  }
  return value;
}

function dateFieldText(value: string, subtype: string | undefined): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  if (subtype === 'date') return value.slice(0, 10);
  return subtype === 'time' ? value.slice(11, 16) : date.toISOString();
}

function typedValue(value: unknown, field: FormComponent, typeBefore: string | null): VariableValue {
  if (
    value === null ||
    value === undefined ||
    (value === '' && field.type !== 'textfield' && field.type !== 'textarea')
  )
    return { type: 'Null', value: null };
  if (typeof value === 'object') return { type: 'Json', value: JSON.stringify(value) };
  if (typeof value === 'boolean') return { type: 'Boolean', value };
  if (typeof value === 'number') return { type: numberType(value, field, typeBefore), value };
  if (field.type === 'number' && Number.isFinite(Number(value))) {
    // Numbers serialized to text by the field are meant to keep all their digits: they stay text.
    return { type: 'String', value };
  }
  if (typeBefore === 'Date' && !Number.isNaN(Date.parse(String(value)))) {
    return { type: 'Date', value: toApiDate(new Date(String(value))) };
  }
  return { type: 'String', value: String(value) };
}

function numberType(value: number, field: FormComponent, typeBefore: string | null): string {
  const isWhole = Number.isInteger(value);
  if (typeBefore === 'Double') return 'Double';
  if (isWhole && (typeBefore === 'Long' || typeBefore === 'Short')) return typeBefore;
  if (!isWhole) return 'Double';
  if (field.type === 'number' && field.decimalDigits !== undefined && field.decimalDigits > 0) return 'Double';
  return Math.abs(value) <= 2147483647 ? 'Integer' : 'Long';
}
