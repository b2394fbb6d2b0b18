import { useState } from 'react';
import { cancelInstance } from '../api/instances.js';
import type { HistoricProcessInstance } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { useToasts } from '../ui/toasts.js';
import { useAction } from '../ui/use-action.js';

interface CancelDialogProps {
  instance: HistoricProcessInstance;
  onClose(): void;
  onCancelled(): void;
}

export function CancelDialog({ instance, onClose, onCancelled }: CancelDialogProps) {
  const [reason, setReason] = useState('');
  const toasts = useToasts();
  const { isBusy, run } = useAction();
  const cancel = () =>
    run(async () => {
      const keepsReason = await cancelInstance(instance.id, reason.trim());
      toasts.info(
        keepsReason ? 'The instance is being cancelled.' : 'The instance is cancelled, but the server keeps no reason.',
      );
      onCancelled();
    });

  return (
    <Dialog
      title="Cancel the instance"
      onClose={onClose}
      testId="cancel-dialog"
      footer={
        <DialogButtons
          stay="Keep it running"
          onStay={onClose}
          onGo={() => void cancel()}
          isDisabled={isBusy}
          isDangerous
          testId="cancel-confirm"
        >
          Cancel the instance
        </DialogButtons>
      }
    >
      <p>It ends at once, together with the instances it has called. This can’t be undone.</p>
      <label className="field">
        <span>Reason</span>
        <input
          value={reason}
          data-testid="cancel-reason"
          placeholder="optional: kept in the history"
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
    </Dialog>
  );
}
