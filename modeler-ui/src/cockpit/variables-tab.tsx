import { useState } from 'react';
import { deleteVariable, setVariable } from '../api/instances.js';
import type { HistoricActivityInstance, HistoricProcessInstance, HistoricVariable } from '../api/types.js';
import { EmptyState } from '../ui/page-state.js';
import { displayText, type EditableType, editText, isEditableType } from '../ui/typed-values.js';
import { useAction } from '../ui/use-action.js';
import { collectVariables, newRow, type VariableRow } from '../ui/variable-rows.js';
import { VariableDialog } from './variable-dialog.js';

interface VariablesTabProps {
  instance: HistoricProcessInstance;
  variables: readonly HistoricVariable[];
  activities: readonly HistoricActivityInstance[];
  reload(): Promise<void>;
}

/** All variables with the scope they live on. Those of the process can be changed while it runs. */
export function VariablesTab({ instance, variables, activities, reload }: VariablesTabProps) {
  const [edited, setEdited] = useState<VariableRow | null>(null);
  const { isBusy, run } = useAction();
  const isRunning = instance.endTime === null;

  const scopeOf = ({ activityInstanceId }: HistoricVariable) => {
    if (activityInstanceId === null || activityInstanceId === instance.id) return null;
    const activity = activities.find(({ id }) => id === activityInstanceId);
    return activity?.activityName ?? activity?.activityId ?? activityInstanceId;
  };
  const save = (row: VariableRow) =>
    run(async () => {
      const { variables: collected, rows } = collectVariables([row]);
      const [checked] = rows;
      const name = row.name.trim();
      if (checked !== undefined && (collected === null || collected[name] === undefined)) {
        setEdited({ ...checked, error: checked.error ?? 'The variable needs a name' });
        return;
      }
      await setVariable(instance.id, name, collected?.[name] ?? { type: 'Null', value: null });
      setEdited(null);
      await reload();
    });

  return (
    <>
      {isRunning && (
        <div className="toolbar">
          <button
            type="button"
            className="button button--small"
            data-testid="add-instance-variable"
            onClick={() => setEdited(newRow())}
          >
            + Add variable
          </button>
        </div>
      )}
      {variables.length === 0 ? (
        <EmptyState title="No variables" />
      ) : (
        <div className="table-card">
          <table data-testid="variables">
            <thead>
              <tr>
                <th>Name</th>
                <th>Type</th>
                <th>Value</th>
                <th>Scope</th>
                {isRunning && (
                  <th>
                    <span className="visually-hidden">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {variables.map((variable) => {
                const scope = scopeOf(variable);
                const canEdit = scope === null && isEditableType(variable.type);
                return (
                  <tr key={variable.id} data-testid={`variable-${variable.name}`}>
                    <td className="mono strong">{variable.name}</td>
                    <td>{variable.type}</td>
                    <td className="value" title={displayText(variable)}>
                      {displayText(variable)}
                    </td>
                    <td>{scope ?? <span className="faint">process</span>}</td>
                    {isRunning && (
                      <td className="actions">
                        {canEdit && (
                          <button
                            type="button"
                            className="link-button"
                            onClick={() =>
                              setEdited({
                                ...newRow(variable.name, variable.type as EditableType, editText(variable)),
                                isFixed: true,
                              })
                            }
                          >
                            Edit
                          </button>
                        )}
                      </td>
                    )}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {edited !== null && (
        <VariableDialog
          row={edited}
          isBusy={isBusy}
          onChange={setEdited}
          onClose={() => setEdited(null)}
          onSave={() => void save(edited)}
          onDelete={() =>
            void run(async () => {
              await deleteVariable(instance.id, edited.name);
              setEdited(null);
              await reload();
            })
          }
        />
      )}
    </>
  );
}
