import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { getDefinitionXml } from '../api/definitions.js';
import { setInstanceSuspended } from '../api/instances.js';
import { ActivityMarkers } from '../bpmn/activity-markers.js';
import { Diagram } from '../bpmn/diagram.js';
import { elementNames } from '../bpmn/element-names.js';
import { TokenOverlays } from '../bpmn/token-overlays.js';
import { formatDate, formatDuration } from '../ui/format.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { Tabs } from '../ui/tabs.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { badgesOfInstance } from './activity-statistics.js';
import { CalledTab } from './called-tab.js';
import { CancelDialog } from './cancel-dialog.js';
import { HistoryTab } from './history-tab.js';
import { IncidentsTab } from './incidents-tab.js';
import { finishedActivities, loadInstance } from './instance-data.js';
import { InstanceStatusPill } from './instance-status-pill.js';
import { JobLogTab } from './job-log-tab.js';
import { VariablesTab } from './variables-tab.js';
import { WaitingTab } from './waiting-tab.js';

const REFRESH_MS = 2_000;
const NOTHING: string[] = [];

/** One process instance, running or finished: where its tokens are, what it did, what it knows. */
export function InstancePage() {
  const { instanceId = '' } = useParams();
  return <InstanceView key={instanceId} instanceId={instanceId} />;
}

function InstanceView({ instanceId }: { instanceId: string }) {
  const [hasEnded, setEnded] = useState(false);
  const [tab, setTab] = useState('variables');
  const [selected, setSelected] = useState<string | null>(null);
  const [isCancelling, setCancelling] = useState(false);
  const { isBusy, run } = useAction();

  const { data, error, reload } = usePolling(
    `instance ${instanceId}`,
    (signal) => loadInstance(instanceId, signal),
    hasEnded ? null : REFRESH_MS,
  );
  const definitionId = data?.instance.processDefinitionId ?? null;
  const xml = usePolling(`xml ${definitionId}`, (signal) =>
    definitionId === null ? Promise.resolve(null) : getDefinitionXml(definitionId, signal),
  );
  const names = useMemo(() => elementNames(xml.data ?? '<empty/>'), [xml.data]);
  const badges = useMemo(
    () =>
      badgesOfInstance(
        data?.tree ?? null,
        (data?.incidents ?? []).filter(({ state }) => state === 'open'),
      ),
    [data?.tree, data?.incidents],
  );
  const done = useMemo(() => finishedActivities(data?.activities ?? []), [data?.activities]);
  const current = useMemo(
    () => badges.filter(({ instances }) => instances > 0).map(({ activityId }) => activityId),
    [badges],
  );
  const selection = useMemo(() => (selected === null ? NOTHING : [selected]), [selected]);

  if (data === null) return <main className="page">{error !== null ? <ErrorNote error={error} /> : <Loading />}</main>;

  const { instance } = data;
  const isRunning = instance.endTime === null;
  if (!isRunning && !hasEnded) setEnded(true); // nothing changes any more: stop asking
  const isSuspended = instance.state === 'SUSPENDED';
  const nameOf = (activityId: string | null) => (activityId === null ? '' : (names.get(activityId) ?? activityId));
  const waitingCount = data.tasks.length + data.externalTasks.length + data.jobs.length + data.subscriptions.length;

  return (
    <main className="page">
      <header className="page__header">
        <div>
          <p className="breadcrumb">
            <Link to="/processes">Processes</Link> /{' '}
            <Link to={`/processes/${encodeURIComponent(instance.processDefinitionId)}`}>
              {instance.processDefinitionName ?? instance.processDefinitionKey}, version{' '}
              {instance.processDefinitionVersion}
            </Link>{' '}
            /
          </p>
          <h1>
            {instance.businessKey ?? 'Instance'} <InstanceStatusPill status={instance.state} />
          </h1>
          <p className="subtitle">
            <span className="mono" data-testid="instance-id">
              {instance.id}
            </span>
            <span>started {formatDate(instance.startTime)}</span>
            {instance.endTime !== null && (
              <span>
                ended {formatDate(instance.endTime)} after {formatDuration(instance.durationInMillis ?? 0)}
              </span>
            )}
            {instance.superProcessInstanceId !== null && (
              <Link to={`/instances/${encodeURIComponent(instance.superProcessInstanceId)}`}>↑ calling instance</Link>
            )}
          </p>
          {instance.deleteReason !== null && <p className="note">Cancelled: {instance.deleteReason}</p>}
        </div>
        {isRunning && (
          <div className="page__actions">
            <button
              type="button"
              className="button"
              disabled={isBusy}
              onClick={() =>
                void run(async () => {
                  await setInstanceSuspended(instance.id, !isSuspended);
                  await reload();
                })
              }
            >
              {isSuspended ? 'Activate' : 'Suspend'}
            </button>
            <button
              type="button"
              className="button button--danger"
              data-testid="cancel-instance"
              onClick={() => setCancelling(true)}
            >
              Cancel…
            </button>
          </div>
        )}
      </header>
      {error !== null && <ErrorNote error={error} />}

      <div className="diagram-card">
        {xml.error !== null ? (
          <ErrorNote error={xml.error} />
        ) : (
          <Diagram xml={xml.data} label="Diagram with the instance’s tokens" onElementClick={setSelected}>
            {(viewer) => (
              <>
                <ActivityMarkers viewer={viewer} activityIds={done} marker="activity--done" />
                <ActivityMarkers viewer={viewer} activityIds={current} marker="activity--current" />
                <ActivityMarkers viewer={viewer} activityIds={selection} marker="activity--selected" />
                <TokenOverlays viewer={viewer} badges={badges} />
              </>
            )}
          </Diagram>
        )}
        {selected !== null && (
          <p className="diagram-card__selection">
            Only “{nameOf(selected)}” below.{' '}
            <button type="button" className="link-button" onClick={() => setSelected(null)}>
              Show everything
            </button>
          </p>
        )}
      </div>

      <Tabs
        label="About the instance"
        active={tab}
        onChange={setTab}
        tabs={[
          { id: 'variables', label: 'Variables', count: data.variables.length },
          ...(isRunning ? [{ id: 'waiting', label: 'Waiting for', count: waitingCount }] : []),
          {
            id: 'incidents',
            label: 'Incidents',
            count: data.incidents.length,
            alert: data.incidents.some(({ state }) => state === 'open'),
          },
          { id: 'history', label: 'History', count: data.activities.length },
          { id: 'jobs', label: 'Job log' },
          { id: 'called', label: 'Called instances', count: data.called.length },
        ]}
      >
        {tab === 'variables' && (
          <VariablesTab instance={instance} variables={data.variables} activities={data.activities} reload={reload} />
        )}
        {tab === 'waiting' && <WaitingTab data={data} selected={selected} nameOf={nameOf} reload={reload} />}
        {tab === 'incidents' && (
          <IncidentsTab incidents={data.incidents} selected={selected} nameOf={nameOf} reload={reload} />
        )}
        {tab === 'history' && <HistoryTab activities={data.activities} selected={selected} nameOf={nameOf} />}
        {tab === 'jobs' && (
          <JobLogTab
            instanceId={instanceId}
            selected={selected}
            nameOf={nameOf}
            refreshMs={isRunning ? REFRESH_MS : null}
          />
        )}
        {tab === 'called' && <CalledTab called={data.called} activities={data.activities} nameOf={nameOf} />}
      </Tabs>

      {isCancelling && (
        <CancelDialog
          instance={instance}
          onClose={() => setCancelling(false)}
          onCancelled={() => {
            setCancelling(false);
            void reload();
          }}
        />
      )}
    </main>
  );
}
