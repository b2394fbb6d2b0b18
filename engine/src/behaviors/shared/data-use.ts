import type { FormReference } from '../../model/process-model.js';
import type { DataUse, EventTrigger, Writer } from '../behavior.js';
import type { Work } from './external-work.js';

/** A form of fields sets these; any other form, or none, whatever the person enters. */
export function formData(form: FormReference | null, writer: Writer): DataUse {
  return form?.kind === 'fields' ? { writes: form.fields.map(({ id }) => id) } : { writer };
}

/** An expression's result, or whatever a worker answers. */
export function workData(work: Work | null): DataUse {
  if (work?.kind !== 'expression') return work ? { writer: 'worker' } : {};
  const writes = work.resultVariable === null ? [] : [work.resultVariable];
  return { writes, ...(work.bean && { writer: 'worker' }) };
}

/** What comes with an event that is caught. */
export function triggerData(trigger: EventTrigger | null): DataUse {
  switch (trigger?.kind) {
    case 'message':
    case 'signal':
      return { writer: 'message' };
    case 'error':
      return { writes: [trigger.codeVariable, trigger.messageVariable].flatMap((name) => name ?? []) };
    case 'escalation':
      return { writes: trigger.codeVariable === null ? [] : [trigger.codeVariable] };
    default:
      return {};
  }
}
