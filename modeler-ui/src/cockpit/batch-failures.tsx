import { Link } from 'react-router-dom';
import type { BatchFailure } from '../api/batches.js';

/** What a batch could not do, with the reasons; nothing when there is none. */
export function BatchFailures({
  failures,
  areInstances,
}: {
  failures: readonly BatchFailure[];
  areInstances: boolean;
}) {
  if (failures.length === 0) return null;
  return (
    <div className="table-card">
      <table data-testid="batch-failures">
        <thead>
          <tr>
            <th>Item</th>
            <th>Result</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {failures.map(({ itemId, state, reason, retries }) => (
            <tr key={itemId}>
              <td className="mono">
                {areInstances ? <Link to={`/instances/${encodeURIComponent(itemId)}`}>{itemId}</Link> : itemId}
              </td>
              <td>
                <span className={state === 'failed' ? 'pill pill--warning' : 'pill pill--neutral'}>{state}</span>{' '}
                {state === 'failed' && retries !== null && retries > 0 && <span className="faint">is tried again</span>}
              </td>
              <td className="message">{reason ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
