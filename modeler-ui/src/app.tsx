import { lazy, Suspense, useSyncExternalStore } from 'react';
import { createHashRouter, Navigate, NavLink, Outlet, RouterProvider } from 'react-router-dom';
import { isLoginRequired, requireLogin, subscribe } from './api/session.js';
import { useCurrentUser } from './ui/current-user.js';
import { LoginPage } from './ui/login-page.js';
import { EmptyState, Loading } from './ui/page-state.js';
import { RouteError } from './ui/route-error.js';
import { ToastProvider } from './ui/toasts.js';

// The diagram libraries are most of the app's weight; the lists appear without waiting for them.
const DefinitionPage = lazy(async () => ({
  default: (await import('./cockpit/definition-page.js')).DefinitionPage,
}));
const InstancePage = lazy(async () => ({ default: (await import('./cockpit/instance-page.js')).InstancePage }));
const ProcessesPage = lazy(async () => ({ default: (await import('./cockpit/processes-page.js')).ProcessesPage }));
const BatchesPage = lazy(async () => ({ default: (await import('./cockpit/batches-page.js')).BatchesPage }));
const BatchPage = lazy(async () => ({ default: (await import('./cockpit/batch-page.js')).BatchPage }));
const MigrationPage = lazy(async () => ({ default: (await import('./migration/migration-page.js')).MigrationPage }));
const TasksPage = lazy(async () => ({ default: (await import('./tasklist/tasks-page.js')).TasksPage }));
const ModelerPage = lazy(async () => ({ default: (await import('./modeler/modeler-page.js')).ModelerPage }));
const DecisionsPage = lazy(async () => ({ default: (await import('./modeler/decisions-page.js')).DecisionsPage }));
const DecisionPage = lazy(async () => ({ default: (await import('./modeler/decision-page.js')).DecisionPage }));
const FilePage = lazy(async () => ({ default: (await import('./modeler/file-page.js')).FilePage }));

// Routes live behind the hash, so that the server has one static page to serve.
const router = createHashRouter([
  {
    // Inside the router, because what toasts say may link to pages.
    element: (
      <ToastProvider>
        <Layout />
      </ToastProvider>
    ),
    errorElement: <RouteError />,
    children: [
      { path: '/', element: <Navigate to="/processes" replace /> },
      { path: '/processes', element: <ProcessesPage /> },
      { path: '/processes/:definitionId', element: <DefinitionPage /> },
      { path: '/processes/:sourceId/migration/:targetId?', element: <MigrationPage /> },
      { path: '/instances/:instanceId', element: <InstancePage /> },
      { path: '/batches', element: <BatchesPage /> },
      { path: '/batches/:batchId', element: <BatchPage /> },
      { path: '/tasks/:taskId?', element: <TasksPage /> },
      { path: '/modeler', element: <ModelerPage /> },
      { path: '/decisions', element: <DecisionsPage /> },
      { path: '/decisions/:decisionId', element: <DecisionPage /> },
      { path: '/files/:deploymentId/:resourceId', element: <FilePage /> },
      {
        path: '*',
        element: (
          <main className="page">
            <EmptyState title="There is no such page" />
          </main>
        ),
      },
    ],
  },
]);

export function App() {
  const needsLogin = useSyncExternalStore(subscribe, isLoginRequired);
  return needsLogin ? <LoginPage /> : <RouterProvider router={router} />;
}

const PAGES = [
  { to: '/processes', label: 'Processes' },
  { to: '/tasks', label: 'Tasks' },
  { to: '/batches', label: 'Batches' },
  { to: '/modeler', label: 'Modeler' },
  { to: '/decisions', label: 'Decisions' },
];

function Layout() {
  return (
    <div className="app">
      <header className="topbar">
        <NavLink to="/processes" className="topbar__brand">
          <img src="./favicon.svg" alt="" width="22" height="22" />
          Millrace
        </NavLink>
        <nav aria-label="Main">
          {PAGES.map(({ to, label }) => (
            <NavLink key={to} to={to} data-testid={`nav-${label.toLowerCase()}`}>
              {label}
            </NavLink>
          ))}
        </nav>
        <UserBox />
      </header>
      <Suspense
        fallback={
          <main className="page">
            <Loading />
          </main>
        }
      >
        <Outlet />
      </Suspense>
    </div>
  );
}

function UserBox() {
  const { user, isSignedIn, setUser } = useCurrentUser();
  if (isSignedIn) {
    return (
      <div className="topbar__user">
        <span>{user}</span>
        <button type="button" className="link-button" onClick={requireLogin}>
          Sign out
        </button>
      </div>
    );
  }
  return (
    <label className="topbar__user">
      You are
      <input
        key={user}
        defaultValue={user}
        size={10}
        data-testid="current-user"
        onBlur={({ target }) => setUser(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </label>
  );
}
