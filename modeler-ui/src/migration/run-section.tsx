import { useState } from 'react';
import {
  dryRunMigration,
  listInstanceIds,
  type MigrationPlan,
  migrate,
  type Skips,
  type Verdict,
} from '../api/migration.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { useAction } from '../ui/use-action.js';
import { cleanInstances } from './clean-instances.js';
import { RunningBatch } from './running-batch.js';

interface RunSectionProps {
  plan: MigrationPlan;
  skips: Skips;
  /** Of the dry run of exactly this plan; null while there is none. */
  counts: Record<Verdict, number> | null;
  /** The instances begin to move: what a dry run said of them is over. */
  onStart(): void;
  onEnd(): void;
}

type Choice = 'clean' | 'all';

/** Migrates after a dry run, as a batch, and shows how far it is. */
export function RunSection({ plan, skips, counts, onStart, onEnd }: RunSectionProps) {
  const [choice, setChoice] = useState<Choice>('clean');
  const [isConfirming, setConfirming] = useState(false);
  const [batchId, setBatchId] = useState<string | null>(null);
  const { isBusy, run } = useAction();
  const numbers = {
    clean: counts?.clean ?? 0,
    all: counts === null ? 0 : counts.clean + counts.attention + counts.refused,
  };
  const start = () =>
    run(async () => {
      // Found out anew: instances have moved on since the dry run.
      const chosen =
        choice === 'all'
          ? {}
          : {
              processInstanceIds: await cleanInstances(
                await listInstanceIds(plan.sourceProcessDefinitionId),
                (processInstanceIds) => dryRunMigration(plan, { ...skips, processInstanceIds }),
              ),
            };
      if (chosen.processInstanceIds?.length === 0) throw new Error('No instance is clean any more.');
      const { id } = await migrate(plan, { ...skips, ...chosen });
      setBatchId(id);
    }).then((succeeded) => {
      setConfirming(false);
      if (succeeded) onStart();
    });

  return (
    <section aria-label="Run">
      <div className="toolbar">
        <h2>Run</h2>
        <fieldset className="choice-row">
          <legend className="visually-hidden">Which instances</legend>
          <label className="check">
            <input
              type="radio"
              name="which-instances"
              checked={choice === 'clean'}
              data-testid="run-clean"
              onChange={() => setChoice('clean')}
            />
            Only what the dry run calls clean
          </label>
          <label className="check">
            <input
              type="radio"
              name="which-instances"
              checked={choice === 'all'}
              data-testid="run-all"
              onChange={() => setChoice('all')}
            />
            All (what is refused fails, and stays as it is)
          </label>
        </fieldset>
        <button
          type="button"
          className="button button--primary"
          data-testid="run-migration"
          disabled={isBusy || numbers[choice] === 0}
          onClick={() => setConfirming(true)}
        >
          Migrate{numbers[choice] > 0 ? ` ${numbers[choice]}` : ''}…
        </button>
        {counts === null && <span className="faint">after a dry run of this plan</span>}
      </div>
      {batchId !== null && <RunningBatch key={batchId} batchId={batchId} title="Migration" onEnd={onEnd} />}
      {isConfirming && (
        <Dialog
          title={numbers[choice] === 1 ? 'Migrate 1 instance' : `Migrate ${numbers[choice]} instances`}
          onClose={() => setConfirming(false)}
          testId="run-dialog"
          footer={
            <DialogButtons
              stay="Not yet"
              onStay={() => setConfirming(false)}
              onGo={() => void start()}
              isDisabled={isBusy}
              testId="run-confirm"
            >
              {isBusy ? 'Starting…' : 'Migrate'}
            </DialogButtons>
          }
        >
          <p>
            They go on in the target version at once. What hasn’t moved on there can be put back under “Past
            migrations”.
          </p>
        </Dialog>
      )}
    </section>
  );
}
