import { useState } from 'react';
import { Link } from 'react-router-dom';
import { type Canary, listCanaries } from '../api/canaries.js';
import type { ProcessDefinition } from '../api/types.js';
import { ErrorNote } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';
import { type CanaryEnding, EndCanaryDialog } from './end-canary-dialog.js';

const REFRESH_MS = 3_000;

/** How the canary of the process fares, if there is one, or why this version isn't one any more and takes no instances. */
export function CanaryNote({ definition }: { definition: ProcessDefinition }) {
  const [ending, setEnding] = useState<CanaryEnding | null>(null);
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
            <EndCanaryDialog
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

function Fared({ canary }: { canary: Canary }) {
  const { state, percent, reason, started, endedWell, incidents, failedStarts } = canary;
  const failed = failedStarts > 0 ? `, ${failedStarts} failed to start` : '';
  const figures = `${started} started, ${endedWell} ended well, ${incidents} incidents${failed}`;
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
