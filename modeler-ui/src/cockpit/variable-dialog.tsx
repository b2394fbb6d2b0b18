import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import type { VariableRow } from '../ui/variable-rows.js';
import { VariablesEditor } from '../ui/variables-editor.js';

interface VariableDialogProps {
  row: VariableRow;
  isBusy: boolean;
  onChange(row: VariableRow): void;
  onClose(): void;
  onSave(): void;
  onDelete(): void;
}

/** Adds or changes one variable. */
export function VariableDialog({ row, isBusy, onChange, onClose, onSave, onDelete }: VariableDialogProps) {
  return (
    <Dialog
      title={row.isFixed ? `Variable “${row.name}”` : 'New variable'}
      wide
      onClose={onClose}
      testId="variable-dialog"
      footer={
        <>
          {row.isFixed && (
            <button type="button" className="button button--danger" disabled={isBusy} onClick={onDelete}>
              Delete
            </button>
          )}
          <span className="spacer" />
          <DialogButtons onStay={onClose} onGo={onSave} isDisabled={isBusy} testId="variable-save">
            Save
          </DialogButtons>
        </>
      }
    >
      <VariablesEditor rows={[row]} isSingle onChange={([changed]) => changed !== undefined && onChange(changed)} />
    </Dialog>
  );
}
