import { REFRESH_ASPECTS, type RefreshAspect } from '../api/migration.js';
import type { FlowNode } from './flow-nodes.js';
import { type PlanRow, withRefresh } from './plan-rows.js';

interface RefreshChoicesProps {
  row: PlanRow;
  label: string;
  source: FlowNode | undefined;
  target: FlowNode | undefined;
  onChange(row: PlanRow): void;
}

const NAMES: Record<RefreshAspect, string> = {
  topic: 'Topic',
  retries: 'Retries',
  inputMapping: 'Input mapping',
  assignee: 'Assignee and candidates',
  dueDate: 'Due date',
  timer: 'Timer',
  message: 'Message or signal',
  form: 'Form',
};

/** What a waiting activity takes from the target; only what there is to take is offered. */
export function RefreshChoices({ row, label, source, target, onChange }: RefreshChoicesProps) {
  if (target === undefined) return null;
  const usual = (aspect: RefreshAspect) => {
    if (aspect === 'form') return 'refresh';
    return (aspect === 'timer' || aspect === 'message') && row.updateEventTrigger ? 'refresh' : 'keep';
  };
  const aspects = REFRESH_ASPECTS.filter(
    (aspect) =>
      target.aspects.has(aspect) ||
      (aspect === 'inputMapping' && source?.aspects.has(aspect)) ||
      row.refresh[aspect] !== undefined,
  );
  const chosen = Object.keys(row.refresh).length;
  return (
    <>
      {(source?.hasTrigger || row.updateEventTrigger) && (
        <label className="check">
          <input
            type="checkbox"
            data-testid="update-event-trigger"
            aria-label={`Update the event trigger of ${label}`}
            checked={row.updateEventTrigger}
            onChange={({ target: box }) => onChange({ ...row, updateEventTrigger: box.checked })}
          />
          Update the trigger
        </label>
      )}
      {aspects.length > 0 && (
        <details className="refresh-choices">
          <summary>
            Keep or refresh{chosen > 0 && <span className="count">{chosen}</span>}
            <span className="visually-hidden"> at {label}</span>
          </summary>
          {aspects.map((aspect) => (
            <label key={aspect} className="inline-field">
              {NAMES[aspect]}
              <select
                value={row.refresh[aspect] ?? ''}
                data-testid={`refresh-${aspect}`}
                onChange={({ target: select }) =>
                  onChange(withRefresh(row, aspect, select.value === '' ? null : (select.value as 'keep' | 'refresh')))
                }
              >
                <option value="">as usual ({usual(aspect)})</option>
                <option value="keep">keep</option>
                <option value="refresh">refresh</option>
              </select>
            </label>
          ))}
        </details>
      )}
    </>
  );
}
