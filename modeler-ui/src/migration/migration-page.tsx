import './migration.css';
import { useState } from 'react';
import { Link, Navigate, useNavigate, useParams } from 'react-router-dom';
import { getDefinition, listVersions } from '../api/definitions.js';
import { messageOf } from '../api/http.js';
import { listVersionReports, type MigrationPlan, resolvePlanFile, type VersionReport } from '../api/migration.js';
import type { ProcessDefinition } from '../api/types.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { MigrationView } from './migration-view.js';
import { PastMigrations } from './past-migrations.js';

const REFRESH_MS = 5_000;
const addressOf = (sourceId: string, targetId: string | null) =>
  `/processes/${encodeURIComponent(sourceId)}/migration${targetId === null ? '' : `/${encodeURIComponent(targetId)}`}`;

/** Moves the running instances of one version to another: look, run, take back. */
export function MigrationPage() {
  const { sourceId = '', targetId = null } = useParams();
  const navigate = useNavigate();
  const { run } = useAction();
  // Numbered, so that a file that is opened again replaces what was changed.
  const [opened, setOpened] = useState<{ plan: MigrationPlan; number: number } | null>(null);
  const source = usePolling(`definition ${sourceId}`, (signal) => getDefinition(sourceId, signal));
  const key = source.data?.key ?? null;
  const versions = usePolling(
    `versions ${key}`,
    async (signal) => {
      if (key === null) return null;
      const [definitions, reports] = await Promise.all([listVersions(key, signal), listVersionReports(key, signal)]);
      return { definitions, reports };
    },
    REFRESH_MS,
  );
  const all = versions.data;
  // A plan file may lead to a process with another key.
  const target = usePolling(`definition ${targetId}`, (signal) =>
    targetId === null ? Promise.resolve(null) : getDefinition(targetId, signal),
  );

  if (source.data === null || all === null || (targetId !== null && target.data === null)) {
    const error = source.error ?? versions.error ?? target.error;
    return <main className="page">{error !== null ? <ErrorNote error={error} /> : <Loading />}</main>;
  }
  const usualId = defaultTarget(source.data, all);
  // Into the address, so that a version that is deployed meanwhile doesn't replace it.
  if (targetId === null && usualId !== null) return <Navigate to={addressOf(source.data.id, usualId)} replace />;
  const from = source.data;

  const openFile = (file: File) =>
    run(async () => {
      const plan = await resolvePlanFile(parsePlan(file.name, await file.text()));
      setOpened((last) => ({ plan, number: (last?.number ?? 0) + 1 }));
      await navigate(addressOf(plan.sourceProcessDefinitionId, plan.targetProcessDefinitionId));
    });
  const known = [from, ...(target.data === null ? [] : [target.data]), ...all.definitions];
  const fits =
    opened?.plan.sourceProcessDefinitionId === from.id && opened.plan.targetProcessDefinitionId === target.data?.id;

  return (
    <main className="page">
      <header className="page__header">
        <div>
          <p className="breadcrumb">
            <Link to="/processes">Processes</Link> /{' '}
            <Link to={`/processes/${encodeURIComponent(from.id)}`}>{from.name ?? from.key}</Link> /
          </p>
          <h1>Migrate running instances</h1>
          <p className="subtitle">
            <span className="mono">{from.key}</span>
          </p>
        </div>
        <div className="page__actions">
          <VersionSelect
            label="From"
            testId="migration-source"
            value={from}
            versions={all.definitions}
            reports={all.reports}
            onChange={(id) => void navigate(addressOf(id, id === targetId ? null : targetId))}
          />
          {target.data !== null && (
            <VersionSelect
              label="To"
              testId="migration-target"
              value={target.data}
              versions={all.definitions.filter(({ id }) => id !== from.id)}
              reports={all.reports}
              onChange={(id) => void navigate(addressOf(from.id, id))}
            />
          )}
          <label className="button file-button">
            Open a plan…
            <input
              type="file"
              accept=".json,application/json"
              className="visually-hidden"
              data-testid="open-plan"
              onChange={({ target: input }) => {
                const file = input.files?.[0];
                input.value = '';
                if (file !== undefined) void openFile(file);
              }}
            />
          </label>
        </div>
      </header>
      {target.data === null ? (
        <EmptyState title="There is no other version to migrate to" />
      ) : (
        <MigrationView
          key={`${from.id} ${target.data.id} ${fits ? opened.number : ''}`}
          source={from}
          target={target.data}
          opened={fits ? opened.plan : null}
        />
      )}
      <PastMigrations definitions={known} />
    </main>
  );
}

/** The newest version that takes instances, and isn't the source itself. */
function defaultTarget(
  source: ProcessDefinition,
  { definitions, reports }: { definitions: readonly ProcessDefinition[]; reports: readonly VersionReport[] },
): string | null {
  const others = definitions.filter(({ id, tenantId }) => id !== source.id && tenantId === source.tenantId);
  const active = others.find(({ id }) => reports.find((report) => report.id === id)?.state === 'active');
  return (active ?? others[0])?.id ?? null;
}

function parsePlan(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`“${name}” is no plan: ${messageOf(error)}`);
  }
}

function VersionSelect({
  label,
  testId,
  value,
  versions,
  reports,
  onChange,
}: {
  label: string;
  testId: string;
  value: ProcessDefinition;
  versions: readonly ProcessDefinition[];
  reports: readonly VersionReport[];
  onChange(id: string): void;
}) {
  const isListed = versions.some(({ id }) => id === value.id);
  return (
    <label className="inline-field">
      {label}
      <select data-testid={testId} value={value.id} onChange={({ target }) => onChange(target.value)}>
        {(isListed ? versions : [value, ...versions]).map((definition) => {
          const report = reports.find(({ id }) => id === definition.id);
          return (
            <option key={definition.id} value={definition.id}>
              {definition.key === value.key ? 'version' : definition.key} {definition.version}
              {definition.versionTag === null ? '' : ` (${definition.versionTag})`}
              {report === undefined ? '' : `, ${report.instances} running`}
              {report === undefined || report.state === 'active' ? '' : `, ${report.state}`}
            </option>
          );
        })}
      </select>
    </label>
  );
}
