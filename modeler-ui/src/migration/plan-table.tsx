import { useEffect, useRef, useState } from 'react';
import type { PlanReport } from '../api/migration.js';
import type { ActivityBadge } from '../bpmn/token-overlays.js';
import { EmptyState } from '../ui/page-state.js';
import { type FlowNode } from './flow-nodes.js';
import { failuresOf, type PlanRow, withTarget } from './plan-rows.js';
import { RefreshChoices } from './refresh-choices.js';

interface PlanTableProps {
  rows: readonly PlanRow[];
  sourceNodes: readonly FlowNode[];
  targetNodes: readonly FlowNode[];
  badges: readonly ActivityBadge[];
  report: PlanReport | null;
  selectedId: string | null;
  onSelect(sourceId: string): void;
  onChange(index: number, row: PlanRow): void;
}

const FILTERS = ['all', 'with instances', 'not mapped', 'with errors'] as const;
type Filter = (typeof FILTERS)[number];

/** What becomes of each activity of the source. */
export function PlanTable(props: PlanTableProps) {
  const { rows, badges, report, selectedId } = props;
  const [filter, setFilter] = useState<Filter>('all');
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    if (selectedId !== null) body.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' });
  }, [selectedId]);

  const instancesAt = (id: string) => badges.find(({ activityId }) => activityId === id)?.instances ?? 0;
  const isShown: Record<Filter, (row: PlanRow) => boolean> = {
    all: () => true,
    'with instances': ({ sourceId }) => instancesAt(sourceId) > 0,
    'not mapped': ({ targetIds }) => targetIds.length === 0,
    'with errors': (row) => failuresOf(row, report).length > 0,
  };
  const shown = rows.map((row, index) => ({ row, index })).filter(({ row }) => isShown[filter](row));

  return (
    <>
      <fieldset className="segmented plan-filter" aria-label="Show activities">
        {FILTERS.map((option) => (
          <button key={option} type="button" aria-pressed={filter === option} onClick={() => setFilter(option)}>
            {option} <span className="faint">{rows.filter(isShown[option]).length}</span>
          </button>
        ))}
      </fieldset>
      {shown.length === 0 ? (
        <EmptyState title="No activities" />
      ) : (
        <div className="table-card plan-table">
          <table data-testid="plan">
            <thead>
              <tr>
                <th>Activity</th>
                <th className="number">Instances</th>
                <th>Goes on at</th>
                <th>Taken from the target</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {shown.map(({ row, index }) => (
                <Row
                  key={`${index} ${row.sourceId}`}
                  {...props}
                  row={row}
                  index={index}
                  instances={instancesAt(row.sourceId)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Row({
  row,
  index,
  instances,
  sourceNodes,
  targetNodes,
  report,
  selectedId,
  onSelect,
  onChange,
}: PlanTableProps & { row: PlanRow; index: number; instances: number }) {
  const [isAdding, setAdding] = useState(false);
  const source = sourceNodes.find(({ id }) => id === row.sourceId);
  const label = source?.label ?? row.sourceId;
  const isSelected = row.sourceId === selectedId;
  const failures = failuresOf(row, report);
  const slots = [...row.targetIds, ...(isAdding || row.targetIds.length === 0 ? [''] : [])].map((targetId, slot) => ({
    targetId,
    slot,
  }));

  return (
    <tr
      data-testid={`plan-row-${row.sourceId}`}
      data-selected={isSelected ? '' : undefined}
      className={isSelected ? 'plan-table__selected' : undefined}
    >
      <td>
        <button type="button" className="link-button" aria-pressed={isSelected} onClick={() => onSelect(row.sourceId)}>
          {label}
        </button>
        {label !== row.sourceId && <span className="mono faint plan-table__id">{row.sourceId}</span>}
      </td>
      <td className="number">{instances > 0 ? instances : ''}</td>
      <td>
        {slots.map(({ targetId, slot }) => (
          <select
            key={slot}
            aria-label={`${slot === 0 ? 'Target of' : 'Another target of'} ${label}`}
            aria-invalid={failures.length > 0}
            data-testid="plan-target"
            value={targetId}
            onFocus={() => onSelect(row.sourceId)}
            onChange={({ target }) => {
              setAdding(false);
              onChange(index, withTarget(row, slot, target.value === '' ? null : target.value));
            }}
          >
            <option value="">{slot === 0 ? 'not mapped' : 'nothing more'}</option>
            {targetNodes.map(({ id, label: name }) => (
              <option key={id} value={id}>
                {name === id ? id : `${name} (${id})`}
              </option>
            ))}
          </select>
        ))}
        {row.targetIds.length > 0 && !isAdding && (
          <button
            type="button"
            className="link-button plan-table__more"
            title={`One more target of ${label}`}
            onClick={() => setAdding(true)}
          >
            and…
          </button>
        )}
        {failures.map((failure) => (
          <p key={failure} className="field-error" role="alert">
            {failure}
          </p>
        ))}
      </td>
      <td>
        <RefreshChoices
          row={row}
          label={label}
          source={source}
          target={targetNodes.find(({ id }) => id === row.targetIds[0])}
          onChange={(changed) => onChange(index, changed)}
        />
      </td>
    </tr>
  );
}
