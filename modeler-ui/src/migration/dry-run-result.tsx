import type { DryRun, DryRunGroup, Verdict } from '../api/migration.js';
import { InstanceLinks } from './instance-links.js';

interface DryRunResultProps {
  dryRun: DryRun;
  labelOf(activityId: string): string;
  /** Null for what the target doesn't have. */
  targetLabelOf(activityId: string): string | null;
  onSelect(activityId: string): void;
}

const PILLS: Record<Verdict, string> = { clean: 'pill--done', attention: 'pill--warning', refused: 'pill--refused' };
const MEANINGS: Record<Verdict, string> = {
  clean: 'would migrate',
  attention: 'would migrate, but deserve a look before',
  refused: 'would stay where they are',
};

/** How many instances fare how; then why, for those that stand in the same place. */
export function DryRunResult({ dryRun: { counts, groups, topicsWithoutWorker }, ...rest }: DryRunResultProps) {
  return (
    <>
      <ul className="verdict-counts" data-testid="dry-run-counts" role="status">
        {(['clean', 'attention', 'refused'] as const).map((verdict) => (
          <li key={verdict} data-testid={`count-${verdict}`}>
            <strong>{counts[verdict]}</strong> <span className={`pill ${PILLS[verdict]}`}>{verdict}</span>
            <span className="faint">{MEANINGS[verdict]}</span>
          </li>
        ))}
      </ul>
      {topicsWithoutWorker.length > 0 && (
        <p className="note" data-testid="topics-without-worker">
          Migrated instances would wait for a worker that isn’t there, at{' '}
          {topicsWithoutWorker.length === 1 ? 'the topic' : 'the topics'} {topicsWithoutWorker.join(', ')}.
        </p>
      )}
      {groups.length > 0 && (
        <div className="table-card">
          <table data-testid="dry-run-groups">
            <thead>
              <tr>
                <th>Verdict</th>
                <th className="number">Instances</th>
                <th>Stand at</th>
                <th>Reasons</th>
                <th>Some of them</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <Group key={`${group.verdict} ${JSON.stringify(group.signature)}`} group={group} {...rest} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Group({
  group: { verdict, count, signature, reasons, instanceIds },
  labelOf,
  targetLabelOf,
  onSelect,
}: Omit<DryRunResultProps, 'dryRun'> & { group: DryRunGroup }) {
  // A reason may be about an element that only the target has.
  const anyLabelOf = (id: string) => {
    const label = labelOf(id);
    return label === id ? (targetLabelOf(id) ?? id) : label;
  };
  return (
    <tr data-testid={`group-${verdict}`}>
      <td>
        <span className={`pill ${PILLS[verdict]}`}>{verdict}</span>
      </td>
      <td className="number">{count}</td>
      <td>
        <ul className="plain-list">
          {signature.map((part) => (
            <li key={JSON.stringify(part)}>
              <button type="button" className="link-button" onClick={() => onSelect(part.elementId)}>
                {labelOf(part.elementId)}
              </button>
              <span className="faint">{waits(part)}</span>
            </li>
          ))}
        </ul>
      </td>
      <td>
        <ul className="plain-list">
          {reasons.map(({ code, elementId, message, count: concerned }) => (
            <li key={`${code} ${elementId} ${message}`}>
              {elementId !== null && (
                <button type="button" className="link-button" onClick={() => onSelect(elementId)}>
                  {anyLabelOf(elementId)}
                </button>
              )}{' '}
              {message} <span className="faint">({concerned === count ? code : `${code}, ${concerned} of them`})</span>
            </li>
          ))}
        </ul>
      </td>
      <td>
        <InstanceLinks instanceIds={instanceIds} count={count} />
      </td>
    </tr>
  );
}

function waits({ phase, waitsFor }: DryRunGroup['signature'][number]): string {
  const said = [...(phase === 'active' ? [] : [phase]), ...waitsFor].join(', ');
  return said === '' ? '' : `: ${said}`;
}
