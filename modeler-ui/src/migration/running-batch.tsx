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
        <span className={hasEnded ? 'pill pill--done' : 'pill pill--running'}>{hasEnded ? 'over' : 'at work'}</span>
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
