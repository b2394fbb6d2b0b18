import { Link } from 'react-router-dom';
import { definitionStatistics, listLatestDefinitions } from '../api/definitions.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';
import { summarizeProcesses } from './activity-statistics.js';

const REFRESH_MS = 5_000;

/** All processes, one row per key. */
export function ProcessesPage() {
  const { data, error } = usePolling(
    'processes',
    async (signal) => {
      const [latest, statistics] = await Promise.all([listLatestDefinitions(signal), definitionStatistics(signal)]);
      return summarizeProcesses(latest, statistics);
    },
    REFRESH_MS,
  );

  return (
    <main className="page">
      <header className="page__header">
        <h1>Processes</h1>
        <Link className="button button--primary" to="/modeler">
          New diagram
        </Link>
      </header>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data?.length === 0 && (
        <EmptyState title="No process is deployed yet">
          Draw one in the <Link to="/modeler">modeler</Link> and press “Deploy”.
        </EmptyState>
      )}
      {data !== null && data.length > 0 && (
        <div className="table-card">
          <table data-testid="processes">
            <thead>
              <tr>
                <th>Process</th>
                <th>Key</th>
                <th className="number">Version</th>
                <th className="number">Running</th>
                <th className="number">Incidents</th>
                <th>State</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map(({ latest, instances, incidents }) => (
                <tr key={latest.id} data-testid={`process-${latest.key}`}>
                  <td>
                    <Link className="strong" to={`/processes/${encodeURIComponent(latest.id)}`}>
                      {latest.name ?? latest.key}
                    </Link>
                  </td>
                  <td className="mono">{latest.key}</td>
                  <td className="number">
                    {latest.version}
                    {latest.versionTag !== null && <span className="tag">{latest.versionTag}</span>}
                  </td>
                  <td className="number">{instances}</td>
                  <td className="number">
                    {incidents > 0 ? <span className="count count--alert">{incidents}</span> : '0'}
                  </td>
                  <td>{latest.suspended ? <span className="pill pill--warning">suspended</span> : ''}</td>
                  <td className="actions">
                    <Link to={`/modeler?definition=${encodeURIComponent(latest.id)}`}>Edit</Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
