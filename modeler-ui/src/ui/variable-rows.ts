import type { VariableMap } from '../api/types.js';
import { type EditableType, editText, isEditableType, parseTyped } from './typed-values.js';

/** One line of the variables editor. */
export interface VariableRow {
  /** Identity on the screen; names may be empty or twice while typing. */
  rowId: number;
  name: string;
  type: EditableType;
  text: string;
  /** The name can't be changed: the variable exists already. */
  isFixed: boolean;
  error: string | null;
}

let nextRowId = 1;

export function newRow(name = '', type: EditableType = 'String', text = ''): VariableRow {
  return { rowId: nextRowId++, name, type, text, isFixed: false, error: null };
}

/** Existing variables as rows. Files, bytes and serialized objects can't be typed in and are left out. */
export function rowsOf(variables: VariableMap): VariableRow[] {
  return Object.entries(variables)
    .filter(([, { type }]) => isEditableType(type))
    .map(([name, variable]) => ({
      ...newRow(name, variable.type as EditableType, editText(variable)),
      isFixed: true,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Rows → variables. Rows without a name and a text are passed over.
 * `variables` is null when a row is wrong; `rows` then says which and why.
 */
export function collectVariables(rows: readonly VariableRow[]): { variables: VariableMap | null; rows: VariableRow[] } {
  const variables: VariableMap = {};
  const checked = rows.map((row): VariableRow => {
    const name = row.name.trim();
    if (name === '' && row.text.trim() === '') return { ...row, error: null };
    if (name === '') return { ...row, error: 'The variable needs a name' };
    if (Object.hasOwn(variables, name)) return { ...row, error: `There is another variable “${name}”` };
    const parsed = parseTyped(row.type, row.text);
    if (!parsed.ok) return { ...row, error: parsed.message };
    variables[name] = parsed.value;
    return { ...row, error: null };
  });
  return { variables: checked.some(({ error }) => error !== null) ? null : variables, rows: checked };
}

/** Only what differs from `before`: completing a task shouldn't write what nobody touched. */
export function changedVariables(after: VariableMap, before: VariableMap): VariableMap {
  const unchanged = collectVariables(rowsOf(before)).variables ?? {};
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(unchanged[name])),
  );
}
