import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { getBatchProgress, listBatchFailures } from '../api/batches.js';
import { BatchCounts } from '../cockpit/batch-counts.js';
import { BatchFailures } from '../cockpit/batch-failures.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';

const REFRESH_MS = 1_000;

interface RunningBatchProps {
  batchId: string;
  title: string;
  /** Called once, when the batch is over. */
  onEnd(): void;
}

/** A batch that was started here: how far it is, and what was left out and why. */
export function RunningBatch({ batchId, title, onEnd }: RunningBatchProps) {
  const [isOver, setOver] = useState(false);
  const { data, error } = usePolling(
    `batch ${batchId}`,
    async (signal) => {
      const progress = await getBatchProgress(batchId, signal);
      return { progress, failures: await listBatchFailures(batchId, signal) };
    },
    isOver ? null : REFRESH_MS,
  );
  const hasEnded = data !== null && data.progress.endTime !== null;
  const isStuck =
    data !== null &&
    !hasEnded &&
    data.progress.open === 0 &&
    data.failures.every(({ state, retries }) => state === 'skipped' || retries === 0);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    if (!hasEnded) return;
    setOver(true);
    end.current();
  }, [hasEnded]);

  return (
    <section className="running-batch" aria-label={title} data-testid="running-batch">
      <h3>
        <Link to={`/batches/${encodeURIComponent(batchId)}`}>{title}</Link>{' '}
        {hasEnded ? (
          <span className="pill pill--done">over</span>
        ) : isStuck ? (
          // The batch stays until somebody tries the failed parts again or cancels it, on its own page.
          <span className="pill pill--warning">nothing left but what failed</span>
        ) : (
          <span className="pill pill--running">at work</span>
        )}
      </h3>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data !== null && (
        <>
          <BatchCounts progress={data.progress} />
          <BatchFailures failures={data.failures} areInstances />
        </>
      )}
    </section>
  );
}
