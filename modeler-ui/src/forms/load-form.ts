import type { FormInfo, VariableMap } from '../api/types.js';
import { type FormSchema, formDataOf } from './form-variables.js';

/** What to show to somebody who starts an instance or works on a task. */
export type LoadedForm =
  | { kind: 'form'; schema: FormSchema; data: Record<string, unknown>; before: VariableMap }
  | { kind: 'generic'; before: VariableMap; notice: string | null };

interface FormSource {
  info(): Promise<FormInfo | null>;
  /** The deployed form: a form-js schema, or something else that this app can't show. */
  deployed(): Promise<unknown>;
  variables(): Promise<VariableMap>;
}

/**
 * Finds the form of a task or start event. Forms of other kinds (embedded HTML, addresses of other applications) are
 * answered with a generic form and a notice that says so, as is a deployed form that can't be loaded.
 */
export async function loadForm(source: FormSource): Promise<LoadedForm> {
  const [info, before] = await Promise.all([source.info(), source.variables()]);
  const key = info?.key ?? null;
  const reference = info?.camundaFormRef ?? info?.operatonFormRef ?? null;
  const isDeployed = reference !== null || /^camunda-forms:/.test(key ?? '');
  if (!isDeployed) {
    // Fields generated from the model come as variables; there is nothing to miss.
    const isForeign = key !== null && key !== '' && !key.includes('/rendered-form');
    return { kind: 'generic', before, notice: isForeign ? `The form “${key}” can’t be shown here.` : null };
  }
  try {
    const schema = await source.deployed();
    if (!isFormSchema(schema)) throw new Error('it isn’t a form-js form');
    return { kind: 'form', schema, data: formDataOf(before, schema), before };
  } catch (error) {
    const name = reference?.key ?? key;
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'generic', before, notice: `The form “${name}” can’t be shown: ${reason}` };
  }
}

function isFormSchema(value: unknown): value is FormSchema {
  return typeof value === 'object' && value !== null && Array.isArray((value as FormSchema).components);
}
