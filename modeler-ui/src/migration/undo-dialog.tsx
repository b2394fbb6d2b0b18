import { useState } from 'react';
import { type PastMigration, previewUndo, undoMigration } from '../api/migration.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { InstanceLinks } from './instance-links.js';

interface UndoDialogProps {
  migration: PastMigration;
  onClose(): void;
  onStarted(batchId: string): void;
}

/** Says what an undo would do now, and does it. */
export function UndoDialog({ migration, onClose, onStarted }: UndoDialogProps) {
  const [annotation, setAnnotation] = useState('');
  const { isBusy, run } = useAction();
  const preview = usePolling(`undo of ${migration.id}`, (signal) => previewUndo(migration.id, signal));
  const undo = () =>
    run(async () => {
      const { id } = await undoMigration(migration.id, annotation.trim());
      onStarted(id);
    });
  const found = preview.data;

  return (
    <Dialog
      title="Undo the migration"
      onClose={onClose}
      testId="undo-dialog"
      wide
      footer={
        <DialogButtons
          stay="Leave it"
          onStay={onClose}
          onGo={() => void undo()}
          isDisabled={isBusy || found === null || found.undoable === 0}
          isDangerous
          testId="undo-confirm"
        >
          Put {found?.undoable ?? ''} back
        </DialogButtons>
      }
    >
      {preview.error !== null && <ErrorNote error={preview.error} />}
      {found === null && preview.error === null && <Loading />}
      {found !== null && (
        <>
          <p data-testid="undo-preview">
            <strong>{found.undoable}</strong> {found.undoable === 1 ? 'instance' : 'instances'} would be put back
            exactly as before the migration. <strong>{found.skipped}</strong>{' '}
            {found.skipped === 1 ? 'stays as it is' : 'stay as they are'}.
          </p>
          {found.reasons.length > 0 && (
            <div className="table-card undo-reasons">
              <table>
                <thead>
                  <tr>
                    <th className="number">Stay</th>
                    <th>Because</th>
                    <th>Some of them</th>
                  </tr>
                </thead>
                <tbody>
                  {found.reasons.map(({ reason, count, instanceIds }) => (
                    <tr key={reason}>
                      <td className="number">{count}</td>
                      <td>{reason}</td>
                      <td>
                        <InstanceLinks instanceIds={instanceIds} count={count} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <label className="field">
            <span>Reason</span>
            <input
              value={annotation}
              data-testid="undo-annotation"
              placeholder="optional: kept in the log of operations"
              onChange={({ target }) => setAnnotation(target.value)}
            />
          </label>
        </>
      )}
    </Dialog>
  );
}
