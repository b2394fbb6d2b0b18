import { useState } from 'react';
import { correlateMessage } from '../api/instances.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { useAction } from '../ui/use-action.js';
import { collectVariables, newRow } from '../ui/variable-rows.js';
import { VariablesEditor } from '../ui/variables-editor.js';

interface MessageDialogProps {
  processInstanceId: string;
  messageName: string;
  onClose(): void;
  onSent(): void;
}

/** Sends a message that the instance waits for, with variables. */
export function MessageDialog({ processInstanceId, messageName, onClose, onSent }: MessageDialogProps) {
  const [rows, setRows] = useState(() => [newRow()]);
  const { isBusy, run } = useAction();
  const send = () =>
    run(async () => {
      const { variables, rows: checked } = collectVariables(rows);
      setRows(checked);
      if (variables === null) return;
      await correlateMessage(processInstanceId, messageName, variables);
      onSent();
    });

  return (
    <Dialog
      title={`Send message “${messageName}”`}
      wide
      onClose={onClose}
      testId="message-dialog"
      footer={
        <DialogButtons onStay={onClose} onGo={() => void send()} isDisabled={isBusy} testId="message-send">
          Send
        </DialogButtons>
      }
    >
      <p>The variables become variables of the process.</p>
      <VariablesEditor rows={rows} onChange={setRows} />
    </Dialog>
  );
}
