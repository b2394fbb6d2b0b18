import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';

interface Tab {
  id: string;
  label: string;
  /** Shown behind the label; `alert` makes it stand out. */
  count?: number;
  alert?: boolean;
}

interface TabsProps {
  label: string;
  tabs: readonly Tab[];
  active: string;
  onChange(id: string): void;
  children: ReactNode;
}

/** A tab list by the ARIA pattern: arrow keys move between tabs, the panel follows. */
export function Tabs({ label, tabs, active, onChange, children }: TabsProps) {
  const baseId = useId();
  const list = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const index = tabs.findIndex(({ id }) => id === active);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChange(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };

  return (
    <section className="tabs">
      <div className="tabs__list" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown} tabIndex={-1}>
        {tabs.map(({ id, label: text, count, alert }) => (
          <button
            key={id}
            type="button"
            role="tab"
            className="tab"
            id={`${baseId}-tab-${id}`}
            data-tab={id}
            data-testid={`tab-${id}`}
            aria-selected={id === active}
            aria-controls={`${baseId}-panel`}
            tabIndex={id === active ? 0 : -1}
            onClick={() => onChange(id)}
          >
            {text}
            {count !== undefined && <span className={alert ? 'count count--alert' : 'count'}>{count}</span>}
          </button>
        ))}
      </div>
      <div className="tabs__panel" role="tabpanel" id={`${baseId}-panel`} aria-labelledby={`${baseId}-tab-${active}`}>
        {children}
      </div>
    </section>
  );
}
