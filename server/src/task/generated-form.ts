import type { FormField } from '@millrace/engine';

/** A field with the value that its form starts with, as text. */
export interface FilledField {
  readonly field: FormField;
  readonly variableType: string;
  readonly value: string | null;
}

/**
 * A form made from the fields in the model, for clients that show HTML: attributes `cam-variable-name` and
 * `cam-variable-type` say which variable an input writes, as Camunda's form library reads them.
 */
export function renderForm(fields: readonly FilledField[]): string {
  return `<form name="generatedForm" role="form">\n${fields.map(renderField).join('\n')}\n</form>\n`;
}

function renderField(filled: FilledField): string {
  const { id, label } = filled.field;
  return `  <div class="form-group">
    <label for="${escapeHtml(id)}">${escapeHtml(label ?? id)}</label>
    ${filled.field.type === 'enum' ? renderSelect(filled) : renderInput(filled)}
  </div>`;
}

function renderInput({ field, variableType, value }: FilledField): string {
  const checkbox = variableType === 'Boolean';
  const state = checkbox ? (value === 'true' ? ' checked' : '') : value === null ? '' : ` value="${escapeHtml(value)}"`;
  const hint = field.type === 'date' ? ' placeholder="dd/mm/yyyy"' : '';
  return `<input ${attributes(field, variableType)} type="${checkbox ? 'checkbox' : 'text'}"${hint}${state} />`;
}

function renderSelect({ field, variableType, value }: FilledField): string {
  const options = field.values.map(
    ({ id, name }) =>
      `      <option value="${escapeHtml(id)}"${id === value ? ' selected' : ''}>${escapeHtml(name ?? id)}</option>`,
  );
  return `<select ${attributes(field, variableType)}>\n${options.join('\n')}\n    </select>`;
}

function attributes({ id, constraints }: FormField, variableType: string): string {
  const limits = constraints.flatMap(({ name, configuration }) => {
    if (name === 'required' || name === 'readonly') return [` ${name}`];
    if (/^(min|max|minlength|maxlength)$/.test(name)) return [` ${name}="${escapeHtml(configuration ?? '')}"`];
    return [];
  });
  return `class="form-control" id="${escapeHtml(id)}" name="${escapeHtml(id)}" cam-variable-type="${variableType}" cam-variable-name="${escapeHtml(id)}"${limits.join('')}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
