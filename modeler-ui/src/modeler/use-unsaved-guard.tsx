import { type ReactNode, useEffect, useState } from 'react';
import { useBlocker } from 'react-router-dom';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';

/** State of a navigation that follows a save, when `isDirty` hasn't been rendered as false yet. */
export const SAVED = 'saved';

/**
 * Keeps unsaved changes from being lost: on closing the tab, on leaving the page, and before `guarded` actions.
 * Render `dialog` somewhere.
 */
export function useUnsavedGuard(isDirty: boolean): { guarded(action: () => void): void; dialog: ReactNode } {
  const [pending, setPending] = useState<(() => void) | null>(null);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty && currentLocation.pathname !== nextLocation.pathname && nextLocation.state !== SAVED,
  );

  useEffect(() => {
    if (!isDirty) return;
    const onBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => window.removeEventListener('beforeunload', onBeforeUnload);
  }, [isDirty]);

  const stay = () => {
    setPending(null);
    blocker.reset?.();
  };
  const isAsking = pending !== null || blocker.state === 'blocked';
  const discard = () => {
    pending?.();
    setPending(null);
    blocker.proceed?.();
  };

  return {
    guarded: (action) => {
      if (isDirty) setPending(() => action);
      else action();
    },
    dialog: isAsking && (
      <Dialog
        title="Discard your changes?"
        onClose={stay}
        testId="unsaved-dialog"
        footer={
          <DialogButtons stay="Keep editing" onStay={stay} onGo={discard} isDangerous testId="discard">
            Discard
          </DialogButtons>
        }
      >
        <p>The diagram has changes that were neither saved nor deployed.</p>
      </Dialog>
    ),
  };
}
