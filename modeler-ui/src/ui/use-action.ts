import { useCallback, useState } from 'react';
import { useToasts } from './toasts.js';

/**
 * Runs one user action at a time and shows what went wrong. `run` answers whether it succeeded; `isBusy` disables the
 * buttons meanwhile.
 */
export function useAction(): { isBusy: boolean; run(action: () => Promise<void>): Promise<boolean> } {
  const toasts = useToasts();
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(
    async (action: () => Promise<void>) => {
      setBusy(true);
      try {
        await action();
        return true;
      } catch (error) {
        toasts.error(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [toasts],
  );
  return { isBusy, run };
}
