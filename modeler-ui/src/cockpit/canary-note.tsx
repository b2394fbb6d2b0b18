import { useState } from 'react';
import { Link } from 'react-router-dom';
import { type Canary, endCanary, listCanaries } from '../api/canaries.js';
import type { ProcessDefinition } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';

const REFRESH_MS = 3_000;
const TITLES = { promote: 'Promote', stop: 'Stop' } as const;
type Ending = keyof typeof TITLES;

/** How the canary of the process fares, if there is one, or why this version isn't one any more and takes no instances. */
export function CanaryNote({ definition }: { definition: ProcessDefinition }) {
  const [ending, setEnding] = useState<Ending | null>(null);
  const canaries = usePolling(
    `canaries ${definition.key}`,
    (signal) => listCanaries(definition.key, signal),
    REFRESH_MS,
  );
  if (canaries.error !== null) return <ErrorNote error={canaries.error} />;
  const here = (canaries.data ?? []).filter(({ tenantId }) => tenantId === definition.tenantId);
  const own = here.find(({ processDefinitionId }) => processDefinitionId === definition.id);
  const open = here.find(({ state }) => state === 'open');
  const shown = open ?? (own?.state === 'promoted' ? undefined : own);
  if (!shown) return null;

  return (
    <output className="banner" data-testid="canary">
      {shown === own ? <Fared canary={own} /> : <Elsewhere canary={shown} />}
      {shown === own && own.state === 'open' && (
        <>
          <span className="spacer" />
          <button
            type="button"
            className="button button--small"
            data-testid="canary-promote"
            onClick={() => setEnding('promote')}
          >
            Promote…
          </button>
          <button
            type="button"
            className="button button--small"
            data-testid="canary-stop"
            onClick={() => setEnding('stop')}
          >
            Stop…
          </button>
          {ending && (
            <EndDialog
              canary={own}
              ending={ending}
              onClose={() => setEnding(null)}
              onEnded={() => {
                setEnding(null);
                void canaries.reload();
              }}
            />
          )}
        </>
      )}
    </output>
  );
}

function Fared({ canary: { state, percent, reason, started, endedWell, incidents } }: { canary: Canary }) {
  const figures = `${started} started, ${endedWell} ended well, ${incidents} incidents`;
  return (
    <span>
      {state === 'open'
        ? `On trial: this version gets ${percent} % of the new instances. `
        : `The trial is over: ${state}, ${reason}. `}
      {figures}.
    </span>
  );
}

function Elsewhere({ canary: { processDefinitionId, version, percent } }: { canary: Canary }) {
  return (
    <span>
      <Link to={`/processes/${encodeURIComponent(processDefinitionId)}`}>Version {version}</Link> is on trial with{' '}
      {percent} % of the new instances.
    </span>
  );
}

interface EndDialogProps {
  canary: Canary;
  ending: Ending;
  onClose(): void;
  onEnded(): void;
}

function EndDialog({ canary: { processDefinitionId, version }, ending, onClose, onEnded }: EndDialogProps) {
  const [reason, setReason] = useState('');
  const { isBusy, run } = useAction();
  const title = `${TITLES[ending]} version ${version}`;
  const end = () =>
    run(async () => {
      await endCanary(processDefinitionId, ending, reason.trim());
      onEnded();
    });

  return (
    <Dialog
      title={title}
      onClose={onClose}
      testId="canary-dialog"
      footer={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="button button--primary"
            data-testid="canary-confirm"
            disabled={isBusy}
            onClick={() => void end()}
          >
            {TITLES[ending]}
          </button>
        </>
      }
    >
      <p>
        {ending === 'promote'
          ? 'All new instances start at it. Older versions take no new ones; what runs there ends there.'
          : 'All new instances start at the version before. What runs in this one ends there.'}
      </p>
      <label className="field">
        <span>Reason</span>
        <input
          value={reason}
          data-testid="canary-reason"
          placeholder="optional: kept in the user operation log"
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
    </Dialog>
  );
}
