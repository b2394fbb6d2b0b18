import { useState } from 'react';
import { getJobLogStacktrace, listJobLog, ROW_LIMIT } from '../api/instances.js';
import type { JobLogEntry } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { formatDate, wordsOf } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';

interface JobLogTabProps {
  instanceId: string;
  selected: string | null;
  nameOf(activityId: string | null): string;
  /** Null when nothing changes any more. */
  refreshMs: number | null;
}

/** What happened to the instance's jobs, the newest first; of a failure also where in the code. */
export function JobLogTab({ instanceId, selected, nameOf, refreshMs }: JobLogTabProps) {
  const [shownTrace, setShownTrace] = useState<string | null>(null);
  const { data, error } = usePolling(`job log ${instanceId}`, (signal) => listJobLog(instanceId, signal), refreshMs);
  if (data === null) return error !== null ? <ErrorNote error={error} /> : <Loading />;
  const shown = data.filter(({ activityId }) => selected === null || activityId === selected);
  if (shown.length === 0) return <EmptyState title="No job has run here" />;
  return (
    <div className="table-card">
      <table data-testid="job-log">
        <thead>
          <tr>
            <th>Activity</th>
            <th>Kind</th>
            <th>When</th>
            <th>Result</th>
            <th className="number">Tries left before</th>
            <th>Message</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((entry) => (
            <tr key={entry.id} data-testid="job-log-row">
              <td>{nameOf(entry.activityId)}</td>
              <td>{wordsOf(entry.jobDefinitionType)}</td>
              <td>{formatDate(entry.timestamp)}</td>
              <td>
                <Result entry={entry} />
              </td>
              <td className="number">{entry.jobRetries}</td>
              <td className="message">
                {entry.jobExceptionMessage ?? ''}{' '}
                {entry.failureLog && (
                  <button type="button" className="link-button" onClick={() => setShownTrace(entry.id)}>
                    Stack trace
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.length >= ROW_LIMIT && <p className="table-card__more">The latest {ROW_LIMIT} are shown.</p>}
      {shownTrace !== null && <StackTrace logId={shownTrace} onClose={() => setShownTrace(null)} />}
    </div>
  );
}

function Result({ entry }: { entry: JobLogEntry }) {
  if (entry.failureLog) return <span className="pill pill--warning">failed</span>;
  if (entry.successLog) return <span className="pill pill--done">successful</span>;
  if (entry.deletionLog) return <span className="pill pill--neutral">deleted</span>;
  return <span className="pill pill--running">created</span>;
}

function StackTrace({ logId, onClose }: { logId: string; onClose(): void }) {
  const { data, error } = usePolling(`stack trace ${logId}`, (signal) => getJobLogStacktrace(logId, signal));
  return (
    <Dialog title="Stack trace" onClose={onClose} testId="stack-trace" footer={null}>
      {error !== null && <ErrorNote error={error} />}
      <pre className="mono">{data ?? ''}</pre>
    </Dialog>
  );
}
