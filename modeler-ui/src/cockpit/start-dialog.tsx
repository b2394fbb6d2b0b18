import { Suspense, useEffect, useRef, useState } from 'react';
import {
  getDeployedStartForm,
  getStartForm,
  getStartFormVariables,
  startInstance,
  submitStartForm,
} from '../api/definitions.js';
import { ApiError } from '../api/http.js';
import type { ProcessDefinition, ProcessInstance } from '../api/types.js';
import { variablesOfForm } from '../forms/form-variables.js';
import type { FormHandle } from '../forms/form-view.js';
import { LazyFormView } from '../forms/lazy-form-view.js';
import { type LoadedForm, loadForm } from '../forms/load-form.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { collectVariables, newRow, rowsOf, type VariableRow } from '../ui/variable-rows.js';
import { VariablesEditor } from '../ui/variables-editor.js';

interface StartDialogProps {
  definition: ProcessDefinition;
  onClose(): void;
  onStarted(instance: ProcessInstance): void;
}

/** Starts an instance: with the start event's form when it has one, or with variables typed in. */
export function StartDialog({ definition, onClose, onStarted }: StartDialogProps) {
  const [form, setForm] = useState<LoadedForm | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [usesForm, setUsesForm] = useState(true);
  const [businessKey, setBusinessKey] = useState('');
  const [rows, setRows] = useState<VariableRow[]>([]);
  const formHandle = useRef<FormHandle>(null);
  const { isBusy, run } = useAction();

  useEffect(() => {
    let isGone = false;
    loadForm({
      info: () => orNull(getStartForm(definition.id)),
      deployed: () => getDeployedStartForm(definition.id),
      variables: async () => (await orNull(getStartFormVariables(definition.id))) ?? {},
    }).then(
      (loaded) => {
        if (isGone) return;
        setForm(loaded);
        const offered = loaded.kind === 'generic' ? rowsOf(loaded.before) : [];
        setRows(offered.length > 0 ? offered : [newRow()]);
      },
      (reason: unknown) => {
        if (!isGone) setError(reason);
      },
    );
    return () => {
      isGone = true;
    };
  }, [definition.id]);

  const start = () =>
    run(async () => {
      const key = businessKey.trim() === '' ? null : businessKey.trim();
      if (form?.kind === 'form' && usesForm) {
        const data = formHandle.current?.submit() ?? null;
        if (data === null) return;
        onStarted(await submitStartForm(definition.id, key, variablesOfForm(data, form.schema, form.before)));
        return;
      }
      const { variables, rows: checked } = collectVariables(rows);
      setRows(checked);
      if (variables !== null) onStarted(await startInstance(definition.id, key, variables));
    });

  return (
    <Dialog
      title={`Start “${definition.name ?? definition.key}”, version ${definition.version}`}
      onClose={onClose}
      testId="start-dialog"
      wide
      footer={
        <DialogButtons
          onStay={onClose}
          onGo={() => void start()}
          isDisabled={isBusy || form === null}
          testId="start-confirm"
        >
          Start
        </DialogButtons>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      <label className="field">
        <span>Business key</span>
        <input
          value={businessKey}
          data-testid="business-key"
          placeholder="optional: how your organisation names this case"
          onChange={({ target }) => setBusinessKey(target.value)}
        />
      </label>
      {form?.kind === 'form' && (
        <fieldset className="segmented" aria-label="How to give variables">
          <button type="button" aria-pressed={usesForm} data-testid="start-with-form" onClick={() => setUsesForm(true)}>
            Form
          </button>
          <button
            type="button"
            aria-pressed={!usesForm}
            data-testid="start-with-variables"
            onClick={() => setUsesForm(false)}
          >
            Variables
          </button>
        </fieldset>
      )}
      {form?.kind === 'generic' && form.notice !== null && <p className="note">{form.notice}</p>}
      {form === null && error === null && <Loading />}
      {form?.kind === 'form' && usesForm && (
        <Suspense fallback={<Loading what="Loading the form" />}>
          <LazyFormView schema={form.schema} data={form.data} handle={formHandle} onSubmit={() => void start()} />
        </Suspense>
      )}
      {form !== null && (form.kind === 'generic' || !usesForm) && <VariablesEditor rows={rows} onChange={setRows} />}
    </Dialog>
  );
}

/** Servers answer 400 or 404 for a start event without a form. */
async function orNull<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 404)) return null;
    throw error;
  }
}
