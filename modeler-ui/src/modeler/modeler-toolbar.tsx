import type { ProcessDefinition } from '../api/types.js';
import type { EditorStatus } from './editor.js';

interface ModelerToolbarProps {
  title: string;
  definition: ProcessDefinition | null;
  status: EditorStatus;
  onNew(): void;
  onOpen(): void;
  onUndo(): void;
  onRedo(): void;
  onSave(): void;
  onDeploy(): void;
  onStart(): void;
}

export function ModelerToolbar({ title, definition, status, ...actions }: ModelerToolbarProps) {
  return (
    <div className="modeler__toolbar" role="toolbar" aria-label="Diagram">
      <button type="button" className="button" data-testid="modeler-new" onClick={actions.onNew}>
        New
      </button>
      <button type="button" className="button" data-testid="modeler-open" onClick={actions.onOpen}>
        Open…
      </button>
      <span className="modeler__title" data-testid="modeler-title">
        <span className="strong">{title}</span>
        {definition !== null && <span className="tag">version {definition.version}</span>}
        {status.isDirty && (
          <span className="pill pill--warning" data-testid="modeler-dirty">
            changed
          </span>
        )}
      </span>
      <span className="spacer" />
      <button
        type="button"
        className="button"
        title="Undo (Ctrl+Z)"
        aria-label="Undo"
        disabled={!status.canUndo}
        onClick={actions.onUndo}
      >
        ↶
      </button>
      <button
        type="button"
        className="button"
        title="Redo (Ctrl+Y)"
        aria-label="Redo"
        disabled={!status.canRedo}
        onClick={actions.onRedo}
      >
        ↷
      </button>
      <button
        type="button"
        className="button"
        data-testid="modeler-save"
        title="Save as a file (Ctrl+S)"
        onClick={actions.onSave}
      >
        Save
      </button>
      {definition !== null && (
        <button
          type="button"
          className="button"
          data-testid="modeler-start"
          title={status.isDirty ? `Starts version ${definition.version}, without your changes` : undefined}
          onClick={actions.onStart}
        >
          Start v{definition.version}
        </button>
      )}
      <button type="button" className="button button--primary" data-testid="modeler-deploy" onClick={actions.onDeploy}>
        Deploy
      </button>
    </div>
  );
}
