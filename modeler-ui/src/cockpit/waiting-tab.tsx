import { type ReactNode, useState } from 'react';
import { Link } from 'react-router-dom';
import { executeJob, listJobDefinitions, setJobDueDate, setJobRetries } from '../api/instances.js';
import type { Job } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { formatDate, wordsOf } from '../ui/format.js';
import { EmptyState } from '../ui/page-state.js';
import { toApiDate, toLocalInput } from '../ui/typed-values.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import type { InstanceData } from './instance-data.js';
import { MessageDialog } from './message-dialog.js';

interface WaitingTabProps {
  data: InstanceData;
  selected: string | null;
  nameOf(activityId: string | null): string;
  reload(): Promise<void>;
}

interface WaitingRow {
  id: string;
  activityId: string | null;
  what: string;
  detail: ReactNode;
  actions: ReactNode;
}

/** What would move the instance on: people, workers, timers, messages. */
export function WaitingTab({ data, selected, nameOf, reload }: WaitingTabProps) {
  const definitionId = data.instance.processDefinitionId;
  const jobDefinitions = usePolling(`job definitions ${definitionId}`, (signal) =>
    listJobDefinitions(definitionId, signal),
  );
  const { isBusy, run } = useAction();
  const [postponed, setPostponed] = useState<Job | null>(null);
  const [message, setMessage] = useState<string | null>(null);

  const act = (action: () => Promise<void>) =>
    void run(async () => {
      await action();
      await reload();
    });

  const rows: WaitingRow[] = [
    ...data.tasks.map((task) => ({
      id: task.id,
      activityId: task.taskDefinitionKey,
      what: 'user task',
      detail: task.assignee === null ? 'nobody has claimed it' : `assigned to ${task.assignee}`,
      actions: (
        <Link data-testid="open-task" to={`/tasks/${encodeURIComponent(task.id)}`}>
          Open task
        </Link>
      ),
    })),
    ...data.externalTasks.map((task) => ({
      id: task.id,
      activityId: task.activityId,
      what: `worker, topic ${task.topicName}`,
      detail: externalTaskState(task),
      actions: null,
    })),
    ...data.jobs.map((job) => {
      const definition = jobDefinitions.data?.find(({ id }) => id === job.jobDefinitionId);
      return {
        id: job.id,
        activityId: definition?.activityId ?? job.failedActivityId,
        what: wordsOf(definition?.jobType ?? 'job').replace('-', ' '),
        detail: jobState(job),
        actions: (
          <>
            <button
              type="button"
              className="link-button"
              data-testid="execute-job"
              disabled={isBusy}
              onClick={() => act(() => executeJob(job.id))}
            >
              Run now
            </button>
            {job.dueDate !== null && (
              <button type="button" className="link-button" onClick={() => setPostponed(job)}>
                Due date
              </button>
            )}
            {job.retries === 0 && (
              <button
                type="button"
                className="link-button"
                disabled={isBusy}
                onClick={() => act(() => setJobRetries(job.id, 1))}
              >
                Retry
              </button>
            )}
          </>
        ),
      };
    }),
    ...data.subscriptions.map((subscription) => ({
      id: subscription.id,
      activityId: subscription.activityId,
      what: subscription.eventType,
      detail: subscription.eventName ?? '',
      actions:
        subscription.eventType === 'message' && subscription.eventName !== null ? (
          <button
            type="button"
            className="link-button"
            data-testid={`send-message-${subscription.eventName}`}
            onClick={() => setMessage(subscription.eventName)}
          >
            Send message
          </button>
        ) : null,
    })),
  ].filter(({ activityId }) => selected === null || activityId === selected);

  return (
    <>
      {rows.length === 0 ? (
        <EmptyState title="Nothing is waited for here" />
      ) : (
        <div className="table-card">
          <table data-testid="waiting">
            <thead>
              <tr>
                <th>Activity</th>
                <th>Waits for</th>
                <th>Details</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>{nameOf(row.activityId)}</td>
                  <td>{row.what}</td>
                  <td className="message">{row.detail}</td>
                  <td className="actions">{row.actions}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {postponed !== null && (
        <DueDateDialog
          job={postponed}
          onClose={() => setPostponed(null)}
          onSave={(date) => {
            setPostponed(null);
            act(() => setJobDueDate(postponed.id, date));
          }}
        />
      )}
      {message !== null && (
        <MessageDialog
          processInstanceId={data.instance.id}
          messageName={message}
          onClose={() => setMessage(null)}
          onSent={() => {
            setMessage(null);
            void reload();
          }}
        />
      )}
    </>
  );
}

function externalTaskState(task: InstanceData['externalTasks'][number]): string {
  if (task.retries === 0) return `failed, no retries left${task.errorMessage ? `: ${task.errorMessage}` : ''}`;
  const isLocked = task.workerId !== null && Date.parse(task.lockExpirationTime ?? '') > Date.now();
  const retries = task.retries === null ? '' : `, ${task.retries} ${task.retries === 1 ? 'retry' : 'retries'} left`;
  return `${isLocked ? `locked by ${task.workerId}` : 'not fetched'}${retries}`;
}

function jobState(job: Job): string {
  const parts = [job.dueDate === null ? 'due at once' : `due ${formatDate(job.dueDate)}`];
  parts.push(`${job.retries} ${job.retries === 1 ? 'retry' : 'retries'} left`);
  if (job.suspended) parts.push('suspended');
  if (job.exceptionMessage !== null) parts.push(job.exceptionMessage);
  return parts.join(', ');
}

function DueDateDialog({ job, onClose, onSave }: { job: Job; onClose(): void; onSave(date: string): void }) {
  const [text, setText] = useState(() => toLocalInput(new Date(job.dueDate ?? Date.now())));
  const date = new Date(text);
  const isValid = !Number.isNaN(date.getTime());
  return (
    <Dialog
      title="Due date"
      onClose={onClose}
      footer={
        <DialogButtons onStay={onClose} onGo={() => onSave(toApiDate(date))} isDisabled={!isValid}>
          Save
        </DialogButtons>
      }
    >
      <label className="field">
        <span>The job is due at</span>
        <input type="datetime-local" step="1" value={text} onChange={({ target }) => setText(target.value)} />
      </label>
    </Dialog>
  );
}
