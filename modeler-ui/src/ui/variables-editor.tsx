import { EDITABLE_TYPES, type EditableType } from './typed-values.js';
import { newRow, type VariableRow } from './variable-rows.js';

interface VariablesEditorProps {
  rows: VariableRow[];
  onChange(rows: VariableRow[]): void;
  /** Exactly one variable: rows are neither added nor removed. */
  isSingle?: boolean;
}

/** Name, type and value of any number of variables. */
export function VariablesEditor({ rows, onChange, isSingle = false }: VariablesEditorProps) {
  const update = (rowId: number, change: Partial<VariableRow>) =>
    onChange(rows.map((row) => (row.rowId === rowId ? { ...row, ...change, error: null } : row)));

  return (
    <div className="variables-editor" data-testid="variables-editor">
      {rows.length > 0 && (
        <div className="variables-editor__head" aria-hidden="true">
          <span>Name</span>
          <span>Type</span>
          <span>Value</span>
        </div>
      )}
      {rows.map((row) => (
        <div key={row.rowId} className="variables-editor__row" data-testid="variable-row">
          <input
            aria-label="Variable name"
            data-testid="variable-name"
            value={row.name}
            readOnly={row.isFixed}
            onChange={({ target }) => update(row.rowId, { name: target.value })}
          />
          <select
            aria-label={`Type of ${row.name || 'the variable'}`}
            data-testid="variable-type"
            value={row.type}
            onChange={({ target }) => {
              const type = target.value as EditableType;
              update(row.rowId, { type, ...(type === 'Boolean' ? { text: 'true' } : {}) });
            }}
          >
            {EDITABLE_TYPES.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
          <ValueInput row={row} onText={(text) => update(row.rowId, { text })} />
          {row.isFixed || isSingle ? (
            <span />
          ) : (
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${row.name || 'the variable'}`}
              onClick={() => onChange(rows.filter(({ rowId }) => rowId !== row.rowId))}
            >
              ×
            </button>
          )}
          {row.error !== null && (
            <p className="field-error" role="alert">
              {row.error}
            </p>
          )}
        </div>
      ))}
      {!isSingle && (
        <button
          type="button"
          className="button button--small"
          data-testid="add-variable"
          onClick={() => onChange([...rows, newRow()])}
        >
          + Add variable
        </button>
      )}
    </div>
  );
}

/** The input that suits the row's type. */
function ValueInput({ row, onText }: { row: VariableRow; onText(text: string): void }) {
  const common = {
    'aria-label': `Value of ${row.name || 'the variable'}`,
    'data-testid': 'variable-value',
    'aria-invalid': row.error !== null,
  };
  switch (row.type) {
    case 'Null':
      return <input {...common} value="" placeholder="null" disabled />;
    case 'Boolean':
      return (
        <select {...common} value={row.text} onChange={({ target }) => onText(target.value)}>
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      );
    case 'Date':
      return (
        <input
          {...common}
          type="datetime-local"
          step="1"
          value={row.text}
          onChange={({ target }) => onText(target.value)}
        />
      );
    case 'Json':
    case 'Xml':
      return (
        <textarea
          {...common}
          rows={Math.min(8, row.text.split('\n').length + 1)}
          spellCheck={false}
          value={row.text}
          onChange={({ target }) => onText(target.value)}
        />
      );
    default:
      return <input {...common} value={row.text} onChange={({ target }) => onText(target.value)} />;
  }
}
