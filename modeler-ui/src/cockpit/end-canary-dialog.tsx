import { useState } from 'react';
import { type Canary, endCanary } from '../api/canaries.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { useAction } from '../ui/use-action.js';

const TITLES = { promote: 'Promote', stop: 'Stop' } as const;
export type CanaryEnding = keyof typeof TITLES;

interface EndCanaryDialogProps {
  canary: Canary;
  ending: CanaryEnding;
  onClose(): void;
  onEnded(): void;
}

/** Asks for the reason, and ends the canary. */
export function EndCanaryDialog({
  canary: { processDefinitionId, version },
  ending,
  onClose,
  onEnded,
}: EndCanaryDialogProps) {
  const [reason, setReason] = useState('');
  const { isBusy, run } = useAction();
  const title = `${TITLES[ending]} version ${version}`;
  const end = () =>
    run(async () => {
      await endCanary(processDefinitionId, ending, reason.trim());
      onEnded();
    });

  return (
    <Dialog
      title={title}
      onClose={onClose}
      testId="canary-dialog"
      footer={
        <DialogButtons onStay={onClose} onGo={() => void end()} isDisabled={isBusy} testId="canary-confirm">
          {TITLES[ending]}
        </DialogButtons>
      }
    >
      <p>
        {ending === 'promote'
          ? 'All new instances start at it. Older versions take no new ones; what runs there ends there.'
          : 'All new instances start at the version before. What runs in this one ends there.'}
      </p>
      <label className="field">
        <span>Reason</span>
        <input
          value={reason}
          data-testid="canary-reason"
          placeholder="optional: kept in the user operation log"
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
    </Dialog>
  );
}
