interface ProgressBarProps {
  label: string;
  total: number;
  done: number;
  failed: number;
}

/** How much is done and how much failed, out of all there is. */
export function ProgressBar({ label, total, done, failed }: ProgressBarProps) {
  const share = (count: number) => `${total === 0 ? 0 : (100 * count) / total}%`;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <span className="progress__done" style={{ width: share(done) }} />
      <span className="progress__failed" style={{ width: share(failed) }} />
    </div>
  );
}
