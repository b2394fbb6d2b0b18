import { Link } from 'react-router-dom';
import { get } from '../api/http.js';
import { setExternalTaskRetries, setJobRetries } from '../api/instances.js';
import type { Incident, IncidentProgress } from '../api/types.js';
import { formatDate, wordsOf } from '../ui/format.js';
import { EmptyState } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';

interface IncidentsTabProps {
  incidents: readonly IncidentProgress[];
  selected: string | null;
  nameOf(activityId: string | null): string;
  reload(): Promise<void>;
}

/** What went wrong, the button that lets it be tried again, and whether that is still pending. */
export function IncidentsTab({ incidents, selected, nameOf, reload }: IncidentsTabProps) {
  const { isBusy, run } = useAction();
  const shown = incidents.filter(
    ({ activityId, failedActivityId }) => selected === null || (failedActivityId ?? activityId) === selected,
  );
  if (shown.length === 0) return <EmptyState title="No open incidents" />;

  const retry = (incident: IncidentProgress) =>
    run(async () => {
      if (incident.configuration === null) return;
      const setRetries = incident.incidentType === 'failedExternalTask' ? setExternalTaskRetries : setJobRetries;
      await setRetries(incident.configuration, 1);
      await reload();
    });

  return (
    <div className="table-card">
      <table data-testid="incidents">
        <thead>
          <tr>
            <th>Activity</th>
            <th>Kind</th>
            <th>Message</th>
            <th>Since</th>
            <th>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((incident) => {
            const isOwn = incident.causeIncidentId === null || incident.causeIncidentId === incident.id;
            const canRetry =
              isOwn && incident.state === 'open' && ['failedJob', 'failedExternalTask'].includes(incident.incidentType);
            return (
              <tr key={incident.id} data-testid="incident-row">
                <td>{nameOf(incident.failedActivityId ?? incident.activityId)}</td>
                <td>{wordsOf(incident.incidentType)}</td>
                <td className="message">
                  {incident.incidentMessage ?? (isOwn ? '' : 'Caused by an incident in a called instance')}
                  {isOwn && (
                    <p className="faint" data-testid="incident-explanation">
                      {incident.explanation}
                    </p>
                  )}
                </td>
                <td>{formatDate(incident.incidentTimestamp)}</td>
                <td className="actions">
                  {canRetry && (
                    <button
                      type="button"
                      className="button button--small"
                      data-testid="incident-retry"
                      disabled={isBusy}
                      onClick={() => void retry(incident)}
                    >
                      Retry
                    </button>
                  )}
                  {!isOwn && incident.rootCauseIncidentId !== null && (
                    <RootCauseLink incidentId={incident.rootCauseIncidentId} />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function RootCauseLink({ incidentId }: { incidentId: string }) {
  const { data } = usePolling(`incident ${incidentId}`, (signal) =>
    get<Incident[]>('/incident', { incidentId }, signal),
  );
  const instanceId = data?.[0]?.processInstanceId;
  return instanceId === undefined ? null : (
    <Link to={`/instances/${encodeURIComponent(instanceId)}`}>Go to the cause</Link>
  );
}
