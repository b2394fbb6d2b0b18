import { useState } from 'react';
import { listLatestDefinitions, listVersions } from '../api/definitions.js';
import type { ProcessDefinition } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';

interface OpenDialogProps {
  onClose(): void;
  onOpen(definitionId: string): void;
  onFile(file: File): void;
}

/** Deployed processes with their versions, or a file. */
export function OpenDialog({ onClose, onOpen, onFile }: OpenDialogProps) {
  const { data, error } = usePolling('openable', (signal) => listLatestDefinitions(signal));
  const [search, setSearch] = useState('');
  const needle = search.trim().toLowerCase();
  const shown = (data ?? []).filter(({ key, name }) => `${key} ${name ?? ''}`.toLowerCase().includes(needle));

  return (
    <Dialog
      title="Open a diagram"
      onClose={onClose}
      wide
      testId="open-dialog"
      footer={
        <>
          <label className="button">
            From a file…
            <input
              type="file"
              className="visually-hidden"
              accept=".bpmn,.xml"
              data-testid="open-file"
              onChange={({ target }) => {
                const file = target.files?.[0];
                if (file !== undefined) onFile(file);
              }}
            />
          </label>
          <span className="spacer" />
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </>
      }
    >
      <label className="field">
        <span>Deployed processes</span>
        <input
          type="search"
          placeholder="Name or key…"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      </label>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data !== null && shown.length === 0 && <EmptyState title="No process found" />}
      {shown.map((definition) => (
        <DefinitionRow key={definition.id} latest={definition} onOpen={onOpen} />
      ))}
    </Dialog>
  );
}

function DefinitionRow({ latest, onOpen }: { latest: ProcessDefinition; onOpen(id: string): void }) {
  const [wantsVersions, setWantsVersions] = useState(false);
  const [chosen, setChosen] = useState(latest.id);
  // Asked for only when somebody looks at the list: there may be many processes.
  const { data } = usePolling(`openable versions ${latest.key} ${wantsVersions}`, (signal) =>
    wantsVersions ? listVersions(latest.key, signal) : Promise.resolve([latest]),
  );
  return (
    <div className="open-row" data-testid={`open-${latest.key}`}>
      <span>
        <span className="strong">{latest.name ?? latest.key}</span> <span className="mono faint">{latest.key}</span>
      </span>
      <select
        aria-label={`Version of ${latest.key}`}
        value={chosen}
        onFocus={() => setWantsVersions(true)}
        onMouseEnter={() => setWantsVersions(true)}
        onChange={({ target }) => setChosen(target.value)}
      >
        {(data ?? [latest]).map(({ id, version, versionTag }) => (
          <option key={id} value={id}>
            version {version}
            {versionTag === null ? '' : ` (${versionTag})`}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button button--small"
        data-testid={`open-confirm-${latest.key}`}
        onClick={() => onOpen(chosen)}
      >
        Open
      </button>
    </div>
  );
}
