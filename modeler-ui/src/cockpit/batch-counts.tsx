import type { BatchProgress } from '../api/batches.js';
import { ProgressBar } from './progress-bar.js';

/** How far a batch is, as a bar and in numbers. */
export function BatchCounts({ progress }: { progress: BatchProgress }) {
  return (
    <>
      <ProgressBar
        label="Progress"
        total={progress.total}
        done={progress.done + progress.skipped}
        failed={progress.failed}
      />
      <p className="subtitle" data-testid="batch-counts">
        <span>{progress.total} in all</span>
        <span>{progress.done} done</span>
        <span>{progress.failed} failed</span>
        <span>{progress.skipped} skipped</span>
        <span>{progress.open} to do</span>
      </p>
    </>
  );
}
