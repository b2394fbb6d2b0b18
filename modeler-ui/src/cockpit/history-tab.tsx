import { Link } from 'react-router-dom';
import { ROW_LIMIT } from '../api/instances.js';
import type { HistoricActivityInstance } from '../api/types.js';
import { formatDate, formatDuration, wordsOf } from '../ui/format.js';
import { EmptyState } from '../ui/page-state.js';

interface HistoryTabProps {
  activities: readonly HistoricActivityInstance[];
  selected: string | null;
  nameOf(activityId: string | null): string;
}

/** Every visit to every activity, the newest first. */
export function HistoryTab({ activities, selected, nameOf }: HistoryTabProps) {
  const shown = activities.filter(({ activityId }) => selected === null || activityId === selected);
  if (shown.length === 0) return <EmptyState title="Nothing has happened here" />;
  return (
    <div className="table-card">
      <table data-testid="history">
        <thead>
          <tr>
            <th>Activity</th>
            <th>Kind</th>
            <th>Started</th>
            <th>Took</th>
            <th>Result</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((activity) => (
            <tr key={activity.id}>
              <td>{nameOf(activity.activityId)}</td>
              <td>{wordsOf(activity.activityType)}</td>
              <td>{formatDate(activity.startTime)}</td>
              <td>{activity.durationInMillis === null ? '' : formatDuration(activity.durationInMillis)}</td>
              <td>
                <Outcome activity={activity} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {activities.length >= ROW_LIMIT && <p className="table-card__more">The latest {ROW_LIMIT} are shown.</p>}
    </div>
  );
}

function Outcome({ activity }: { activity: HistoricActivityInstance }) {
  const state =
    activity.endTime === null ? (
      <span className="pill pill--running">active</span>
    ) : activity.canceled ? (
      <span className="pill pill--neutral">cancelled</span>
    ) : (
      <span className="pill pill--done">completed</span>
    );
  return (
    <>
      {state} {activity.assignee !== null && <span className="faint">{activity.assignee} </span>}
      {activity.calledProcessInstanceId !== null && (
        <Link to={`/instances/${encodeURIComponent(activity.calledProcessInstanceId)}`}>called instance</Link>
      )}
    </>
  );
}
