import { Suspense, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { getDefinition } from '../api/definitions.js';
import { ApiError } from '../api/http.js';
import { getHistoricInstance } from '../api/instances.js';
import {
  claimTask,
  completeTask,
  getDeployedTaskForm,
  getTask,
  getTaskForm,
  getTaskFormVariables,
  unclaimTask,
} from '../api/tasks.js';
import type { Task, VariableMap } from '../api/types.js';
import { variablesOfForm } from '../forms/form-variables.js';
import type { FormHandle } from '../forms/form-view.js';
import { LazyFormView } from '../forms/lazy-form-view.js';
import { type LoadedForm, loadForm } from '../forms/load-form.js';
import { useCurrentUser } from '../ui/current-user.js';
import { formatDate } from '../ui/format.js';
import { EmptyState, ErrorNote, Loading } from '../ui/page-state.js';
import { useToasts } from '../ui/toasts.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { changedVariables, collectVariables, rowsOf, type VariableRow } from '../ui/variable-rows.js';
import { VariablesEditor } from '../ui/variables-editor.js';

interface TaskDetailProps {
  taskId: string;
  /** The task was claimed or given back. */
  onChanged(): void;
  onCompleted(): void;
}

const REFRESH_MS = 5_000;

/** One task: whose it is, its form, and the button that completes it. */
export function TaskDetail({ taskId, onChanged, onCompleted }: TaskDetailProps) {
  const task = usePolling(`task ${taskId}`, (signal) => getTask(taskId, signal), REFRESH_MS);
  if (task.error instanceof ApiError && task.error.status === 404)
    return (
      <EmptyState title="This task is done, or never was">It isn’t in the list of open tasks any more.</EmptyState>
    );
  if (task.data === null) return task.error !== null ? <ErrorNote error={task.error} /> : <Loading />;
  return (
    <OpenTask
      task={task.data}
      onCompleted={onCompleted}
      onChanged={() => {
        void task.reload();
        onChanged();
      }}
    />
  );
}

function OpenTask({ task, onChanged, onCompleted }: { task: Task; onChanged(): void; onCompleted(): void }) {
  const { user } = useCurrentUser();
  const toasts = useToasts();
  const { isBusy, run } = useAction();
  const [form, setForm] = useState<LoadedForm | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [rows, setRows] = useState<VariableRow[]>([]);
  const formHandle = useRef<FormHandle>(null);

  useEffect(() => {
    let isGone = false;
    loadForm({
      info: () => getTaskForm(task.id),
      deployed: () => getDeployedTaskForm(task.id),
      variables: () => getTaskFormVariables(task.id),
    }).then(
      (loaded) => {
        if (isGone) return;
        setForm(loaded);
        setRows(rowsOf(loaded.before));
      },
      (reason: unknown) => {
        if (!isGone) setError(reason);
      },
    );
    return () => {
      isGone = true;
    };
  }, [task.id]);

  const collect = (): VariableMap | null => {
    if (form?.kind === 'form') {
      const data = formHandle.current?.submit() ?? null;
      return data === null ? null : variablesOfForm(data, form.schema, form.before);
    }
    const { variables, rows: checked } = collectVariables(rows);
    setRows(checked);
    return variables === null ? null : changedVariables(variables, form?.before ?? {});
  };
  const complete = () =>
    run(async () => {
      const variables = collect();
      if (variables === null) return;
      await completeTask(task.id, variables);
      toasts.info(
        <>
          “{task.name ?? task.taskDefinitionKey}” is done.{' '}
          {task.processInstanceId !== null && (
            <Link to={`/instances/${encodeURIComponent(task.processInstanceId)}`}>See the instance</Link>
          )}
        </>,
      );
      onCompleted();
    });
  const claim = (action: () => Promise<void>) =>
    void run(async () => {
      await action();
      onChanged();
    });

  return (
    <article className="task" data-testid="task-detail">
      <header className="task__header">
        <TaskOrigin task={task} />
        <h2>{task.name ?? task.taskDefinitionKey}</h2>
        {task.description !== null && <p className="task__description">{task.description}</p>}
        <p className="subtitle">
          <span>created {formatDate(task.created)}</span>
          {task.due !== null && <span>due {formatDate(task.due)}</span>}
          {task.suspended && <span className="pill pill--warning">suspended</span>}
        </p>
        <p className="task__assignee">
          {task.assignee === null ? (
            <>
              Nobody works on it yet.{' '}
              <button
                type="button"
                className="button button--small"
                data-testid="claim"
                disabled={isBusy}
                onClick={() => claim(() => claimTask(task.id, user))}
              >
                Claim as {user}
              </button>
            </>
          ) : (
            <>
              <span className="pill pill--running" data-testid="assignee">
                {task.assignee}
              </span>{' '}
              <button
                type="button"
                className="link-button"
                data-testid="unclaim"
                disabled={isBusy}
                onClick={() => claim(() => unclaimTask(task.id))}
              >
                Give back
              </button>
            </>
          )}
        </p>
      </header>
      <div className="task__form">
        {error !== null && <ErrorNote error={error} />}
        {form === null && error === null && <Loading what="Loading the form" />}
        {form?.kind === 'form' && (
          <Suspense fallback={<Loading what="Loading the form" />}>
            <LazyFormView schema={form.schema} data={form.data} handle={formHandle} onSubmit={() => void complete()} />
          </Suspense>
        )}
        {form?.kind === 'generic' && (
          <>
            {form.notice !== null && <p className="note">{form.notice}</p>}
            <h3>Variables</h3>
            <VariablesEditor rows={rows} onChange={setRows} />
          </>
        )}
      </div>
      <footer className="task__footer">
        {task.assignee !== null && task.assignee !== user && (
          <span className="faint">It is assigned to {task.assignee}.</span>
        )}
        <button
          type="button"
          className="button button--primary"
          data-testid="complete-task"
          disabled={isBusy || form === null || task.suspended}
          onClick={() => void complete()}
        >
          Complete
        </button>
      </footer>
    </article>
  );
}

/** Process, business key and a way to the instance. */
function TaskOrigin({ task }: { task: Task }) {
  const { processInstanceId, processDefinitionId } = task;
  const { data } = usePolling(`origin ${task.id}`, async (signal) => {
    if (processInstanceId === null || processDefinitionId === null) return null;
    const [definition, instance] = await Promise.all([
      getDefinition(processDefinitionId, signal),
      getHistoricInstance(processInstanceId, signal),
    ]);
    return { definition, businessKey: instance.businessKey };
  });
  if (processInstanceId === null) return <p className="breadcrumb">Standalone task</p>;
  return (
    <p className="breadcrumb">
      {data !== null && `${data.definition.name ?? data.definition.key}, version ${data.definition.version} / `}
      <Link data-testid="task-instance" to={`/instances/${encodeURIComponent(processInstanceId)}`}>
        {data?.businessKey ?? 'instance'}
      </Link>
    </p>
  );
}
