import { useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { cancelBatch, getBatchProgress, listBatchFailures, retryBatch, setBatchSuspended } from '../api/batches.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { formatDate, wordsOf } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { BatchCounts } from './batch-counts.js';
import { BatchFailures } from './batch-failures.js';

const REFRESH_MS = 2_000;

/** One batch: how far it is, what failed and why, and what can be done about it. */
export function BatchPage() {
  const { batchId = '' } = useParams();
  return <BatchView key={batchId} batchId={batchId} />;
}

function BatchView({ batchId }: { batchId: string }) {
  const [isCancelling, setCancelling] = useState(false);
  const { isBusy, run } = useAction();
  const { data, error, reload } = usePolling(
    `batch ${batchId}`,
    async (signal) => {
      const [progress, failures] = await Promise.all([
        getBatchProgress(batchId, signal),
        listBatchFailures(batchId, signal),
      ]);
      return { progress, failures };
    },
    REFRESH_MS,
  );
  if (data === null) return <main className="page">{error !== null ? <ErrorNote error={error} /> : <Loading />}</main>;

  const { progress, failures } = data;
  const isRunning = progress.endTime === null;
  const isStuck = failures.some(({ retries }) => retries === 0);
  const act = (action: () => Promise<void>) =>
    run(async () => {
      await action();
      await reload();
    });

  return (
    <main className="page">
      <header className="page__header">
        <div>
          <p className="breadcrumb">
            <Link to="/batches">Batches</Link> /
          </p>
          <h1>
            {wordsOf(progress.type)}{' '}
            {!isRunning ? (
              <span className="pill pill--done">over</span>
            ) : progress.suspended ? (
              <span className="pill pill--warning">paused</span>
            ) : (
              <span className="pill pill--running">at work</span>
            )}
          </h1>
          <p className="subtitle">
            <span className="mono">{progress.id}</span>
            {progress.endTime !== null && <span>ended {formatDate(progress.endTime)}</span>}
          </p>
          {progress.annotation !== null && <p className="note">{progress.annotation}</p>}
        </div>
        {isRunning && (
          <div className="page__actions">
            {isStuck && (
              <button
                type="button"
                className="button button--primary"
                data-testid="batch-retry"
                disabled={isBusy}
                onClick={() => void act(() => retryBatch(batchId))}
              >
                Try again what failed
              </button>
            )}
            <button
              type="button"
              className="button"
              data-testid="batch-pause"
              disabled={isBusy}
              onClick={() => void act(() => setBatchSuspended(batchId, !progress.suspended))}
            >
              {progress.suspended ? 'Resume' : 'Pause'}
            </button>
            <button
              type="button"
              className="button button--danger"
              data-testid="batch-cancel"
              onClick={() => setCancelling(true)}
            >
              Cancel…
            </button>
          </div>
        )}
      </header>
      {error !== null && <ErrorNote error={error} />}
      <BatchCounts progress={progress} />
      {failures.length === 0 && <EmptyState title="Nothing failed" />}
      <BatchFailures failures={failures} areInstances={!/job|external-task/.test(progress.type)} />
      {isCancelling && (
        <Dialog
          title="Cancel the batch"
          onClose={() => setCancelling(false)}
          testId="cancel-batch-dialog"
          footer={
            <DialogButtons
              stay="Let it go on"
              onStay={() => setCancelling(false)}
              onGo={() => void act(() => cancelBatch(batchId)).then(() => setCancelling(false))}
              isDisabled={isBusy}
              isDangerous
              testId="cancel-batch-confirm"
            >
              Cancel the batch
            </DialogButtons>
          }
        >
          <p>What isn’t done yet is skipped. What is done stays done.</p>
        </Dialog>
      )}
    </main>
  );
}
