import { Link } from 'react-router-dom';
import { listLatestDecisions } from '../api/definitions.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';

/** All decisions, one row per key. */
export function DecisionsPage() {
  const { data, error } = usePolling('decisions', (signal) => listLatestDecisions(signal));
  return (
    <main className="page">
      <header className="page__header">
        <h1>Decisions</h1>
      </header>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data?.length === 0 && (
        <EmptyState title="No decision is deployed yet">
          Add a .dmn file when you deploy a process from the <Link to="/modeler">modeler</Link>.
        </EmptyState>
      )}
      {data !== null && data.length > 0 && (
        <div className="table-card">
          <table data-testid="decisions">
            <thead>
              <tr>
                <th>Decision</th>
                <th>Key</th>
                <th className="number">Version</th>
                <th>File</th>
              </tr>
            </thead>
            <tbody>
              {data.map((decision) => (
                <tr key={decision.id}>
                  <td>
                    <Link className="strong" to={`/decisions/${encodeURIComponent(decision.id)}`}>
                      {decision.name ?? decision.key}
                    </Link>
                  </td>
                  <td className="mono">{decision.key}</td>
                  <td className="number">{decision.version}</td>
                  <td className="mono">{decision.resource}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
