import { Link } from 'react-router-dom';
import type { HistoricActivityInstance, HistoricProcessInstance } from '../api/types.js';
import { formatDate } from '../ui/format.js';
import { EmptyState } from '../ui/page-state.js';
import { InstanceStatusPill } from './instance-status-pill.js';

interface CalledTabProps {
  called: readonly HistoricProcessInstance[];
  activities: readonly HistoricActivityInstance[];
  nameOf(activityId: string | null): string;
}

/** The instances that this one's call activities have started. */
export function CalledTab({ called, activities, nameOf }: CalledTabProps) {
  if (called.length === 0) return <EmptyState title="It has called no other process" />;
  const callerOf = new Map(activities.map((activity) => [activity.calledProcessInstanceId, activity.activityId]));
  return (
    <div className="table-card">
      <table data-testid="called">
        <thead>
          <tr>
            <th>Instance</th>
            <th>Process</th>
            <th>Called by</th>
            <th>State</th>
            <th>Started</th>
          </tr>
        </thead>
        <tbody>
          {called.map((instance) => (
            <tr key={instance.id}>
              <td className="mono">
                <Link to={`/instances/${encodeURIComponent(instance.id)}`}>{instance.id}</Link>
              </td>
              <td>
                {instance.processDefinitionName ?? instance.processDefinitionKey}, version{' '}
                {instance.processDefinitionVersion}
              </td>
              <td>{nameOf(callerOf.get(instance.id) ?? null)}</td>
              <td>
                <InstanceStatusPill status={instance.state} />
              </td>
              <td>{formatDate(instance.startTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
