import { useDeferredValue, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { countTasks, listTasks } from '../api/tasks.js';
import { useCurrentUser } from '../ui/current-user.js';
import { formatDate } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';
import { TaskDetail } from './task-detail.js';
import { INITIAL_FILTER, type TaskScope, taskQuery } from './task-filter.js';

const PAGE_SIZE = 50;
const REFRESH_MS = 3_000;
const SCOPES: { id: TaskScope; label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'mine', label: 'Mine' },
  { id: 'unassigned', label: 'Unassigned' },
  { id: 'group', label: 'Group' },
];

/** The open tasks on the left, the chosen one on the right. */
export function TasksPage() {
  const { taskId } = useParams();
  const navigate = useNavigate();
  const { user } = useCurrentUser();
  const [filter, setFilter] = useState(INITIAL_FILTER);
  const [limit, setLimit] = useState(PAGE_SIZE);
  const query = taskQuery(useDeferredValue(filter), user);

  const { data, error, reload } = usePolling(
    `tasks ${JSON.stringify(query)} ${limit}`,
    async (signal) => {
      const [tasks, total] = await Promise.all([
        listTasks({ ...query, maxResults: limit }, signal),
        countTasks(query, signal),
      ]);
      return { tasks, total };
    },
    REFRESH_MS,
  );
  const change = (part: Partial<typeof filter>) => {
    setFilter((old) => ({ ...old, ...part }));
    setLimit(PAGE_SIZE);
  };

  return (
    <main className="tasks">
      <section className="tasks__list" aria-label="Tasks">
        <header className="tasks__filters">
          <h1>Tasks {data !== null && <span className="count">{data.total}</span>}</h1>
          <fieldset className="segmented" aria-label="Whose tasks">
            {SCOPES.map(({ id, label }) => (
              <button
                key={id}
                type="button"
                aria-pressed={filter.scope === id}
                data-testid={`tasks-${id}`}
                onClick={() => change({ scope: id })}
              >
                {label}
              </button>
            ))}
          </fieldset>
          {filter.scope === 'group' && (
            <input
              aria-label="Candidate group"
              placeholder="Candidate group"
              data-testid="tasks-filter-group"
              value={filter.group}
              onChange={({ target }) => change({ group: target.value })}
            />
          )}
          <div className="tasks__search">
            <input
              type="search"
              aria-label="Task name contains"
              placeholder="Name…"
              data-testid="tasks-filter-name"
              value={filter.name}
              onChange={({ target }) => change({ name: target.value })}
            />
            <input
              type="search"
              aria-label="Business key contains"
              placeholder="Business key…"
              data-testid="tasks-filter-business-key"
              value={filter.businessKey}
              onChange={({ target }) => change({ businessKey: target.value })}
            />
          </div>
        </header>
        {error !== null && <ErrorNote error={error} />}
        {data === null && error === null && <Loading />}
        {data?.tasks.length === 0 && (
          <EmptyState title="No tasks">
            {filter.scope === 'mine' ? `Nothing is assigned to ${user}.` : 'Nothing waits for a person here.'}
          </EmptyState>
        )}
        <ul>
          {data?.tasks.map((task) => (
            <li key={task.id}>
              <Link
                to={`/tasks/${encodeURIComponent(task.id)}`}
                className={task.id === taskId ? 'task-card task-card--active' : 'task-card'}
                aria-current={task.id === taskId ? 'true' : undefined}
                data-testid="task-card"
              >
                <span className="task-card__name">{task.name ?? task.taskDefinitionKey}</span>
                <span className="task-card__process">{task.processDefinitionId?.split(':')[0]}</span>
                <span className="task-card__meta">
                  <span>{task.assignee ?? 'unassigned'}</span>
                  <span>{task.due === null ? formatDate(task.created) : `due ${formatDate(task.due)}`}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
        {data !== null && data.total > data.tasks.length && (
          <button type="button" className="button tasks__more" onClick={() => setLimit(limit + PAGE_SIZE)}>
            Show more
          </button>
        )}
      </section>
      <section className="tasks__detail" aria-label="Task">
        {taskId === undefined ? (
          <EmptyState title="Choose a task on the left" />
        ) : (
          <TaskDetail
            key={taskId}
            taskId={taskId}
            onChanged={() => void reload()}
            onCompleted={() => {
              void navigate('/tasks');
              void reload();
            }}
          />
        )}
      </section>
    </main>
  );
}
