import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { isAbort, messageOf } from '../api/http.js';

interface Toast {
  id: number;
  kind: 'info' | 'error';
  content: ReactNode;
}

export interface Toasts {
  info(content: ReactNode): void;
  /** Shows the server's own message. Aborted requests aren't errors. */
  error(error: unknown): void;
}

const ToastContext = createContext<Toasts | null>(null);
const SHOWN_MS = { info: 6_000, error: 12_000 };

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const nextId = useRef(1);

  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback(
    (kind: Toast['kind'], content: ReactNode) => {
      const id = nextId.current++;
      setToasts((all) => [...all.slice(-4), { id, kind, content }]);
      setTimeout(() => dismiss(id), SHOWN_MS[kind]);
    },
    [dismiss],
  );
  const api = useMemo<Toasts>(
    () => ({
      info: (content) => show('info', content),
      error: (error) => {
        if (!isAbort(error)) show('error', messageOf(error));
      },
    }),
    [show],
  );

  // Shown as a popover and anew for every toast: only so they lie above a dialog that is open.
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current?.matches(':popover-open')) box.current.hidePopover();
    if (toasts.length > 0) box.current?.showPopover();
  }, [toasts]);

  return (
    <ToastContext value={api}>
      {children}
      <div className="toasts" aria-live="polite" popover="manual" ref={box}>
        {toasts.map(({ id, kind, content }) => (
          <div key={id} className={`toast toast--${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
            <div
              className="toast__text"
              // Who follows the toast's link has read it.
              onClickCapture={({ target }) => {
                if (target instanceof Element && target.closest('a') !== null) setTimeout(() => dismiss(id));
              }}
            >
              {content}
            </div>
            <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

export function useToasts(): Toasts {
  const toasts = use(ToastContext);
  if (toasts === null) throw new Error('useToasts needs a ToastProvider above it');
  return toasts;
}
