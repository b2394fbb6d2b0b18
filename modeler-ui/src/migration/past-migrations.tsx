import { useState } from 'react';
import { Link } from 'react-router-dom';
import { listMigrations, type PastMigration } from '../api/migration.js';
import type { ProcessDefinition } from '../api/types.js';
import { formatDate } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';
import { RunningBatch } from './running-batch.js';
import { UndoDialog } from './undo-dialog.js';

const REFRESH_MS = 5_000;

/** Migrations from and to these versions, and how to take them back. */
export function PastMigrations({ definitions }: { definitions: readonly ProcessDefinition[] }) {
  const [undoing, setUndoing] = useState<PastMigration | null>(null);
  const [batchId, setBatchId] = useState<string | null>(null);
  const { data, error, reload } = usePolling('migrations', listMigrations, REFRESH_MS);
  const nameOf = (id: string) => {
    const found = definitions.find((definition) => definition.id === id);
    if (found === undefined) return id;
    return `${found.version}${found.versionTag === null ? '' : ` (${found.versionTag})`}`;
  };
  const ids = new Set(definitions.map(({ id }) => id));
  const shown = (data ?? []).filter(
    ({ sourceProcessDefinitionId, targetProcessDefinitionId }) =>
      ids.has(sourceProcessDefinitionId) || ids.has(targetProcessDefinitionId),
  );

  return (
    <section aria-label="Past migrations">
      <div className="toolbar">
        <h2>Past migrations</h2>
      </div>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data !== null && shown.length === 0 && <EmptyState title="Nothing was migrated that could be taken back" />}
      {shown.length > 0 && (
        <div className="table-card">
          <table data-testid="past-migrations">
            <thead>
              <tr>
                <th>When</th>
                <th>By</th>
                <th>From version</th>
                <th>To version</th>
                <th className="number">Migrated</th>
                <th className="number">Undone</th>
                <th className="number">Can be undone</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((migration) => (
                <tr key={migration.id} data-testid="past-migration">
                  <td>
                    {migration.batchId === null ? (
                      formatDate(migration.createTime)
                    ) : (
                      <Link to={`/batches/${encodeURIComponent(migration.batchId)}`}>
                        {formatDate(migration.createTime)}
                      </Link>
                    )}
                  </td>
                  <td>{migration.userId ?? ''}</td>
                  <td>{nameOf(migration.sourceProcessDefinitionId)}</td>
                  <td>{nameOf(migration.targetProcessDefinitionId)}</td>
                  <td className="number">{migration.migrated}</td>
                  <td className="number">{migration.undone}</td>
                  <td className="number" data-testid="undoable">
                    {migration.undoable}
                  </td>
                  <td className="actions">
                    <button
                      type="button"
                      className="link-button"
                      data-testid="undo-migration"
                      disabled={migration.undone === migration.migrated}
                      aria-label={`Undo the migration of ${formatDate(migration.createTime)}`}
                      onClick={() => setUndoing(migration)}
                    >
                      Undo…
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {batchId !== null && <RunningBatch key={batchId} batchId={batchId} title="Undo" onEnd={() => void reload()} />}
      {undoing !== null && (
        <UndoDialog
          migration={undoing}
          onClose={() => setUndoing(null)}
          onStarted={(id) => {
            setUndoing(null);
            setBatchId(id);
          }}
        />
      )}
    </section>
  );
}
