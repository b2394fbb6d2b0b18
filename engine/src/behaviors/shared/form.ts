import { extensions, type ModdleElement, many, one, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { FormField, FormReference } from '../../model/process-model.js';

/** The attributes and extension elements that `parseForm` reads. */
export const formAttributes = ['formKey', 'formRef', 'formRefBinding', 'formRefVersion', 'camunda:FormData'] as const;

/** The form of a user task or start event: by key, by reference to a deployed form, or written into the model. */
export function parseForm(source: ModdleElement, context: ParseContext): FormReference | null {
  const key = context.attribute(source, 'formKey');
  const ref = context.attribute(source, 'formRef');
  const [data] = extensions(source, 'camunda:FormData');
  if (key && ref) context.refuse(source, "Expected either 'camunda:formKey' or 'camunda:formRef', but there are both");
  if (key) return { kind: 'key', key };
  if (data && !ref)
    return { kind: 'fields', fields: many(data, 'fields').map((field) => parseField(source, field, context)) };
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

function parseField(owner: ModdleElement, field: ModdleElement, context: ParseContext): FormField {
  const id = text(field, 'id');
  if (id === null) context.refuse(owner, 'Expected every form field to have an id');
  const validation = one(field, 'validation');
  const properties = one(field, 'properties');
  const defaultValue = text(field, 'defaultValue');
  return {
    id: id ?? '',
    label: text(field, 'label'),
    type: text(field, 'type') ?? 'string',
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
