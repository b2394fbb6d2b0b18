import { extensions, type ModdleElement, many, one, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { FormField, FormReference } from '../../model/process-model.js';

/** The attributes and extension elements that `parseForm` reads. */
export const formAttributes = [
  'formKey',
  'formRef',
  'formRefBinding',
  'formRefVersion',
  'camunda:FormData',
  'camunda:FormProperty',
] as const;

/** The form of a user task or start event: by key, by reference to a deployed form, or written into the model. */
export function parseForm(source: ModdleElement, context: ParseContext): FormReference | null {
  const key = context.attribute(source, 'formKey');
  const ref = context.attribute(source, 'formRef');
  const [data] = extensions(source, 'camunda:FormData');
  if (key && ref) context.refuse(source, "Expected either 'camunda:formKey' or 'camunda:formRef', but there are both");
  if (key) return { kind: 'key', key };
  const properties = extensions(source, 'camunda:FormProperty').map((field) => parseProperty(source, field, context));
  const fields = data ? many(data, 'fields').map((field) => parseField(source, field, context)) : [];
  if ((data || properties.length > 0) && !ref) return { kind: 'fields', fields: [...fields, ...properties] };
  if (!ref) return null;
  const binding = text(source, 'formRefBinding');
  const version = context.attribute(source, 'formRefVersion');
  if (binding !== 'deployment' && binding !== 'latest' && binding !== 'version') {
    context.refuse(
      source,
      `Expected 'camunda:formRefBinding' to be deployment, latest or version, but it is '${binding ?? ''}'`,
    );
    return null;
  }
  if (binding === 'version' && !version)
    context.refuse(source, "Expected 'camunda:formRefVersion' with the binding 'version'");
  return { kind: 'ref', ref, binding, version };
}

/** The older way to write a field: `camunda:formProperty`. */
function parseProperty(owner: ModdleElement, property: ModdleElement, context: ParseContext): FormField {
  const id = text(property, 'id');
  if (id === null) context.refuse(owner, 'Expected every form property to have an id');
  for (const name of ['variable', 'expression'])
    if (text(property, name) !== null)
      context.warn(
        owner,
        `'${name}' of form property '${id}' has no effect: a field sets the variable of its own name`,
      );
  const flags = [
    ...(property.get('required') === true ? ['required'] : []),
    ...(property.get('writable') === false ? ['readonly'] : []),
  ];
  const defaultValue = text(property, 'default');
  return {
    id: id ?? '',
    label: text(property, 'name'),
    type: text(property, 'type') ?? 'string',
    defaultValue:
      defaultValue === null ? null : context.expression(owner, defaultValue, `the default of form property '${id}'`),
    values: many(property, 'values').map((value) => ({ id: text(value, 'id') ?? '', name: text(value, 'name') })),
    constraints: flags.map((name) => ({ name, configuration: null })),
    properties: {},
  };
}

const fieldTypes = ['string', 'long', 'boolean', 'date', 'enum'];

function fieldType(owner: ModdleElement, field: ModdleElement, context: ParseContext): string {
  const type = text(field, 'type') ?? '';
  if (!fieldTypes.includes(type))
    context.refuse(
      owner,
      `Expected the type of a form field to be one of ${fieldTypes.join(', ')}, but it is '${type}'`,
    );
  return type;
}

function parseField(owner: ModdleElement, field: ModdleElement, context: ParseContext): FormField {
  const id = text(field, 'id');
  if (id === null) context.refuse(owner, 'Expected every form field to have an id');
  const validation = one(field, 'validation');
  const properties = one(field, 'properties');
  const defaultValue = text(field, 'defaultValue');
  return {
    id: id ?? '',
    label: text(field, 'label'),
    type: fieldType(owner, field, context),
    defaultValue:
      defaultValue === null ? null : context.expression(owner, defaultValue, `the default of field '${id}'`),
    values: many(field, 'values').map((value) => ({ id: text(value, 'id') ?? '', name: text(value, 'name') })),
    constraints: validation
      ? many(validation, 'constraints').map((c) => ({ name: text(c, 'name') ?? '', configuration: text(c, 'config') }))
      : [],
    properties: Object.fromEntries(
      (properties ? many(properties, 'values') : []).map((p) => [text(p, 'id') ?? '', text(p, 'value') ?? '']),
    ),
  };
}
