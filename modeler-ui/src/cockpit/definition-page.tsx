import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import {
  activityStatistics,
  getDefinition,
  getDefinitionXml,
  listVersions,
  setDefinitionSuspended,
} from '../api/definitions.js';
import type { ProcessDefinition } from '../api/types.js';
import { Diagram } from '../bpmn/diagram.js';
import { TokenOverlays } from '../bpmn/token-overlays.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { useToasts } from '../ui/toasts.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { badgesOfStatistics } from './activity-statistics.js';
import { CanaryNote } from './canary-note.js';
import { DeployedWith } from './deployed-with.js';
import { InstanceList } from './instance-list.js';
import { StartDialog } from './start-dialog.js';

const REFRESH_MS = 3_000;

/** One version of a process: where its instances wait, and which they are. */
export function DefinitionPage() {
  const { definitionId = '' } = useParams();
  const navigate = useNavigate();
  const toasts = useToasts();
  const [isStarting, setStarting] = useState(false);
  const [isSuspending, setSuspending] = useState(false);

  const definition = usePolling(`definition ${definitionId}`, (signal) => getDefinition(definitionId, signal));
  const xml = usePolling(`xml ${definitionId}`, (signal) => getDefinitionXml(definitionId, signal));
  const key = definition.data?.key ?? null;
  const versions = usePolling(`versions ${key}`, (signal) =>
    key === null ? Promise.resolve([]) : listVersions(key, signal),
  );
  const statistics = usePolling(
    `statistics ${definitionId}`,
    (signal) => activityStatistics(definitionId, signal),
    REFRESH_MS,
  );
  const badges = useMemo(() => badgesOfStatistics(statistics.data ?? []), [statistics.data]);

  const hasInstances = badges.some(({ instances }) => instances > 0);

  if (definition.error !== null)
    return (
      <main className="page">
        <ErrorNote error={definition.error} />
      </main>
    );
  if (definition.data === null)
    return (
      <main className="page">
        <Loading />
      </main>
    );
  const current = definition.data;

  return (
    <main className="page">
      <header className="page__header">
        <div>
          <p className="breadcrumb">
            <Link to="/processes">Processes</Link> /
          </p>
          <h1>{current.name ?? current.key}</h1>
          <p className="subtitle">
            <span className="mono">{current.key}</span>
            {current.versionTag !== null && <span className="tag">{current.versionTag}</span>}
            {current.suspended && <span className="pill pill--warning">suspended</span>}
            <DeployedWith deploymentId={current.deploymentId} resourceName={current.resource} />
          </p>
        </div>
        <div className="page__actions">
          <label className="inline-field">
            Version
            <select
              data-testid="version-picker"
              value={current.id}
              onChange={({ target }) => void navigate(`/processes/${encodeURIComponent(target.value)}`)}
            >
              {(versions.data ?? [current]).map(({ id, version, versionTag }) => (
                <option key={id} value={id}>
                  {version}
                  {versionTag === null ? '' : ` (${versionTag})`}
                </option>
              ))}
            </select>
          </label>
          {hasInstances && (versions.data ?? []).length > 1 && (
            <Link
              className="button"
              data-testid="migrate"
              to={`/processes/${encodeURIComponent(current.id)}/migration`}
            >
              Migrate…
            </Link>
          )}
          <Link className="button" to={`/modeler?definition=${encodeURIComponent(current.id)}`}>
            Edit
          </Link>
          <button type="button" className="button" onClick={() => setSuspending(true)}>
            {current.suspended ? 'Activate' : 'Suspend'}
          </button>
          <button
            type="button"
            className="button button--primary"
            data-testid="start-instance"
            disabled={current.suspended}
            onClick={() => setStarting(true)}
          >
            Start
          </button>
        </div>
      </header>

      <CanaryNote definition={current} />

      <div className="diagram-card">
        {xml.error !== null ? (
          <ErrorNote error={xml.error} />
        ) : (
          <Diagram xml={xml.data} label={`Diagram of ${current.name ?? current.key}`}>
            {(viewer) => <TokenOverlays viewer={viewer} badges={badges} />}
          </Diagram>
        )}
      </div>

      <InstanceList key={current.id} definitionId={current.id} />

      {isStarting && (
        <StartDialog
          definition={current}
          onClose={() => setStarting(false)}
          onStarted={(instance) => {
            setStarting(false);
            toasts.info('The instance is running.');
            void navigate(`/instances/${encodeURIComponent(instance.id)}`);
          }}
        />
      )}
      {isSuspending && (
        <SuspendDialog
          definition={current}
          onClose={() => setSuspending(false)}
          onDone={() => {
            setSuspending(false);
            void definition.reload();
          }}
        />
      )}
    </main>
  );
}

function SuspendDialog({
  definition,
  onClose,
  onDone,
}: {
  definition: ProcessDefinition;
  onClose(): void;
  onDone(): void;
}) {
  const [includesInstances, setIncludesInstances] = useState(true);
  const { isBusy, run } = useAction();
  const verb = definition.suspended ? 'Activate' : 'Suspend';
  const apply = () =>
    run(async () => {
      await setDefinitionSuspended(definition.id, !definition.suspended, includesInstances);
      onDone();
    });

  return (
    <Dialog
      title={`${verb} version ${definition.version} of “${definition.name ?? definition.key}”`}
      onClose={onClose}
      footer={
        <DialogButtons onStay={onClose} onGo={() => void apply()} isDisabled={isBusy}>
          {verb}
        </DialogButtons>
      }
    >
      <p>
        {definition.suspended
          ? 'New instances of this version can be started again.'
          : 'No new instance of this version can be started until it is activated again.'}
      </p>
      <label className="check">
        <input
          type="checkbox"
          checked={includesInstances}
          onChange={({ target }) => setIncludesInstances(target.checked)}
        />
        {verb} its running instances, too
      </label>
    </Dialog>
  );
}
