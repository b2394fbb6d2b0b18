import { useDeferredValue, useState } from 'react';
import { Link } from 'react-router-dom';
import { countHistoricInstances, listHistoricInstances } from '../api/instances.js';
import { formatDate, formatDuration } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { Pager } from '../ui/pager.js';
import { usePolling } from '../ui/use-polling.js';
import { InstanceStatusPill } from './instance-status-pill.js';

const PAGE_SIZE = 20;
const REFRESH_MS = 3_000;

type StateFilter = 'running' | 'finished' | 'all';

/** The instances of one definition, the newest first. */
export function InstanceList({ definitionId }: { definitionId: string }) {
  const [state, setState] = useState<StateFilter>('running');
  const [businessKey, setBusinessKey] = useState('');
  const [page, setPage] = useState(0);
  const searched = useDeferredValue(businessKey.trim());

  const filter = {
    processDefinitionId: definitionId,
    ...(state === 'running' ? { unfinished: true } : state === 'finished' ? { finished: true } : {}),
    ...(searched === '' ? {} : { processInstanceBusinessKeyLike: `%${searched}%` }),
  };
  const { data, error } = usePolling(
    `instances ${JSON.stringify(filter)} ${page}`,
    async (signal) => {
      const window = { sortBy: 'startTime', sortOrder: 'desc', firstResult: page * PAGE_SIZE, maxResults: PAGE_SIZE };
      const [instances, total] = await Promise.all([
        listHistoricInstances({ ...filter, ...window }, signal),
        countHistoricInstances(filter, signal),
      ]);
      return { instances, total };
    },
    REFRESH_MS,
  );

  return (
    <section aria-label="Instances">
      <div className="toolbar">
        <h2>Instances</h2>
        <fieldset className="segmented" aria-label="State">
          {(['running', 'finished', 'all'] as const).map((option) => (
            <button
              key={option}
              type="button"
              aria-pressed={state === option}
              data-testid={`instances-${option}`}
              onClick={() => {
                setState(option);
                setPage(0);
              }}
            >
              {option}
            </button>
          ))}
        </fieldset>
        <input
          type="search"
          aria-label="Business key contains"
          placeholder="Business key…"
          data-testid="filter-business-key"
          value={businessKey}
          onChange={({ target }) => {
            setBusinessKey(target.value);
            setPage(0);
          }}
        />
      </div>
      {error !== null && <ErrorNote error={error} />}
      {data === null && error === null && <Loading />}
      {data !== null && data.instances.length === 0 && (
        <EmptyState title={searched === '' && state !== 'all' ? `No ${state} instances` : 'No instances'} />
      )}
      {data !== null && data.instances.length > 0 && (
        <div className="table-card">
          <table data-testid="instances">
            <thead>
              <tr>
                <th>Instance</th>
                <th>Business key</th>
                <th>State</th>
                <th>Started</th>
                <th>{state === 'running' ? 'Running for' : 'Duration'}</th>
              </tr>
            </thead>
            <tbody>
              {data.instances.map((instance) => (
                <tr key={instance.id} data-testid="instance-row">
                  <td className="mono">
                    <Link to={`/instances/${encodeURIComponent(instance.id)}`}>{instance.id}</Link>
                  </td>
                  <td>{instance.businessKey ?? <span className="faint">none</span>}</td>
                  <td>
                    <InstanceStatusPill status={instance.state} />
                  </td>
                  <td>{formatDate(instance.startTime)}</td>
                  <td>
                    {formatDuration(
                      instance.durationInMillis ?? Math.max(0, Date.now() - Date.parse(instance.startTime)),
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} pageSize={PAGE_SIZE} total={data?.total ?? 0} onPage={setPage} />
    </section>
  );
}
