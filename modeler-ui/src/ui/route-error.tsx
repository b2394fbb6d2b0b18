import { Link, useRouteError } from 'react-router-dom';
import { ErrorNote } from './page-state.js';

/** Shown instead of a page that broke, so that the way back stays open. */
export function RouteError() {
  const error = useRouteError();
  return (
    <main className="page">
      <h1>This page has failed</h1>
      <ErrorNote error={error} />
      <p>
        <Link to="/processes" reloadDocument>
          Back to the processes
        </Link>
      </p>
    </main>
  );
}
