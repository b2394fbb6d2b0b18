import type { CallReference, FormReference, ModelBinding, ProcessModel } from '../model/process-model.js';

/** The deployed forms that start events and user tasks refer to by id (`camunda:formRef`), for binding at deployment. */
export function formReferences(model: ProcessModel): CallReference[] {
  return [...model.elements.values()].flatMap((element) => {
    const form = element.behavior.form?.(element);
    if (form?.kind !== 'ref') return [];
    return [{ elementId: element.id, kind: 'form', key: form.ref.literal ?? null, binding: bindingOf(form) }];
  });
}

function bindingOf({ binding, version }: Extract<FormReference, { kind: 'ref' }>): ModelBinding {
  if (binding !== 'version' || version === null) return { kind: binding === 'version' ? 'latest' : binding };
  return { kind: 'version', version: version.literal === undefined ? version : Number(version.literal) };
}
