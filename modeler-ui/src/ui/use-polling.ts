import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbort } from '../api/http.js';

export interface Loaded<T> {
  data: T | null;
  /** Of the last attempt; `data` keeps what was loaded before. */
  error: unknown;
  reload(): Promise<void>;
}

/**
 * Loads once, and again every `intervalMs` while the page is visible (never when null). One request at a time; a result
 * equal to the one before keeps its identity, so that what depends on it isn't drawn again. `key` says what is loaded:
 * when it changes, the old data is dropped.
 */
export function usePolling<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  intervalMs: number | null = null,
): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; error: unknown }>({ key, data: null, error: null });
  const loadRef = useRef(load);
  loadRef.current = load;
  const reloadRef = useRef<() => Promise<void>>(() => Promise.resolve());

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running: Promise<void> | null = null;
    let lastText = '';

    const loadOnce = async () => {
      try {
        const data = await loadRef.current(abort.signal);
        const text = JSON.stringify(data);
        if (abort.signal.aborted) return;
        if (text !== lastText) setState({ key, data, error: null });
        else setState((old) => (old.error === null ? old : { ...old, error: null }));
        lastText = text;
      } catch (error) {
        if (abort.signal.aborted || isAbort(error)) return;
        setState((old) => ({ key, data: old.key === key ? old.data : null, error }));
      }
    };
    const schedule = () => {
      clearTimeout(timer);
      if (intervalMs !== null && !abort.signal.aborted && !document.hidden) timer = setTimeout(tick, intervalMs);
    };
    const tick = () => {
      running ??= loadOnce().finally(() => {
        running = null;
        schedule();
      });
      return running;
    };
    // A reload asked for by an action must see the action's effect: wait for a request that is already under way first.
    reloadRef.current = async () => {
      if (running !== null) await running;
      await tick();
    };
    const onVisibility = () => {
      if (document.hidden) clearTimeout(timer);
      else if (intervalMs !== null) void tick();
    };

    void tick();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [key, intervalMs]);

  const reload = useCallback(() => reloadRef.current(), []);
  const isCurrent = state.key === key;
  return { data: isCurrent ? state.data : null, error: isCurrent ? state.error : null, reload };
}
