import { Link } from 'react-router-dom';
import { type BatchSummary, listPastBatches, listRunningBatches } from '../api/batches.js';
import { formatDate, wordsOf } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';
import { ProgressBar } from './progress-bar.js';

const REFRESH_MS = 2_000;

/** Operations on many instances: those at work with their progress, and the latest that are over. */
export function BatchesPage() {
  const { data, error } = usePolling(
    'batches',
    async (signal) => {
      const [running, past] = await Promise.all([listRunningBatches(signal), listPastBatches(signal)]);
      return { running, past };
    },
    REFRESH_MS,
  );
  return (
    <main className="page">
      <header className="page__header">
        <h1>Batches</h1>
      </header>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data !== null && data.running.length === 0 && (
        <EmptyState title="No batch is at work">
          Operations on many instances, such as deleting or suspending them, show their progress here.
        </EmptyState>
      )}
      {data !== null && data.running.length > 0 && (
        <div className="table-card">
          <table data-testid="running-batches">
            <thead>
              <tr>
                <th>Operation</th>
                <th>Started</th>
                <th>By</th>
                <th>Progress</th>
                <th className="number">Done</th>
                <th className="number">Stuck</th>
                <th>State</th>
              </tr>
            </thead>
            <tbody>
              {data.running.map((batch) => (
                <tr key={batch.id} data-testid="batch-row">
                  <BatchCells batch={batch} />
                  <td>
                    <ProgressBar
                      label={`Progress of ${wordsOf(batch.type)}`}
                      total={batch.totalJobs}
                      done={batch.completedJobs}
                      failed={batch.failedJobs}
                    />
                  </td>
                  <td className="number">
                    {batch.completedJobs} of {batch.totalJobs}
                  </td>
                  <td className="number">
                    {batch.failedJobs > 0 ? <span className="count count--alert">{batch.failedJobs}</span> : '0'}
                  </td>
                  <td>
                    {batch.suspended ? (
                      <span className="pill pill--warning">paused</span>
                    ) : (
                      <span className="pill pill--running">at work</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data !== null && data.past.length > 0 && (
        <>
          <h2>Over</h2>
          <div className="table-card">
            <table data-testid="past-batches">
              <thead>
                <tr>
                  <th>Operation</th>
                  <th>Started</th>
                  <th>By</th>
                  <th className="number">Items</th>
                  <th>Ended</th>
                </tr>
              </thead>
              <tbody>
                {data.past.map((batch) => (
                  <tr key={batch.id} data-testid="batch-row">
                    <BatchCells batch={batch} />
                    <td className="number">{batch.totalJobs}</td>
                    <td>{batch.endTime === null ? '' : formatDate(batch.endTime)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </main>
  );
}

function BatchCells({ batch }: { batch: BatchSummary }) {
  return (
    <>
      <td>
        <Link className="strong" to={`/batches/${encodeURIComponent(batch.id)}`}>
          {wordsOf(batch.type)}
        </Link>
      </td>
      <td>{formatDate(batch.startTime)}</td>
      <td>{batch.createUserId ?? ''}</td>
    </>
  );
}
