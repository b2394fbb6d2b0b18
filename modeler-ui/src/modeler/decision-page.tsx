import './modeler.css';
import { useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { getDecision, getDecisionXml, listDecisionVersions } from '../api/definitions.js';
import { parseExceptionOf } from '../api/deployments.js';
import type { DecisionDefinition } from '../api/types.js';
import { download } from '../ui/download.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { useToasts } from '../ui/toasts.js';
import { usePolling } from '../ui/use-polling.js';
import { commitTyping } from './commit-typing.js';
import { DecisionEditor, type DecisionEditorHandle } from './decision-editor.js';
import { DeployDialog } from './deploy-dialog.js';
import { problemsOf } from './deployment-problems.js';
import { SAVED, useUnsavedGuard } from './use-unsaved-guard.js';

/** One version of a decision: read it, change it, deploy it as the next version. */
export function DecisionPage() {
  const { decisionId = '' } = useParams();
  const { data, error } = usePolling(`decision ${decisionId}`, async (signal) => {
    const [decision, xml] = await Promise.all([getDecision(decisionId, signal), getDecisionXml(decisionId, signal)]);
    return { decision, xml };
  });
  if (data === null) return <main className="page">{error !== null ? <ErrorNote error={error} /> : <Loading />}</main>;
  return <DecisionView key={decisionId} decision={data.decision} xml={data.xml} />;
}

function DecisionView({ decision, xml }: { decision: DecisionDefinition; xml: string }) {
  const navigate = useNavigate();
  const toasts = useToasts();
  const [isDirty, setDirty] = useState(false);
  const [content, setContent] = useState<string | null>(null);
  const editor = useRef<DecisionEditorHandle>(null);
  const guard = useUnsavedGuard(isDirty);
  const versions = usePolling(`decision versions ${decision.key}`, (signal) =>
    listDecisionVersions(decision.key, signal),
  );

  const currentXml = async () => {
    await commitTyping();
    if (editor.current === null) throw new Error('The decision isn’t loaded yet');
    return editor.current.xml();
  };
  const save = async () => {
    download(decision.resource.slice(decision.resource.lastIndexOf('/') + 1), await currentXml(), 'application/xml');
    setDirty(false);
  };

  return (
    <main className="modeler">
      <div className="modeler__toolbar" role="toolbar" aria-label="Decision">
        <Link to="/decisions">Decisions</Link> /
        <span className="modeler__title">
          <span className="strong">{decision.name ?? decision.key}</span>
          {isDirty && <span className="pill pill--warning">changed</span>}
        </span>
        <span className="spacer" />
        <label className="inline-field">
          Version
          <select
            value={decision.id}
            onChange={({ target }) => void navigate(`/decisions/${encodeURIComponent(target.value)}`)}
          >
            {(versions.data ?? [decision]).map(({ id, version }) => (
              <option key={id} value={id}>
                {version}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" onClick={() => void save().catch(toasts.error)}>
          Save
        </button>
        <button
          type="button"
          className="button button--primary"
          data-testid="decision-deploy"
          onClick={() => void currentXml().then(setContent, toasts.error)}
        >
          Deploy
        </button>
      </div>
      <DecisionEditor xml={xml} decisionKey={decision.key} handle={editor} onChange={() => setDirty(true)} />
      {content !== null && (
        <DeployDialog
          main={{ name: decision.resource, content, type: 'application/xml' }}
          deploymentName={decision.name ?? decision.key}
          deploymentId={null}
          onClose={() => setContent(null)}
          onDeployed={(deployment) => {
            const deployed = Object.values(deployment.deployedDecisionDefinitions ?? {}).find(
              ({ key }) => key === decision.key,
            );
            setContent(null);
            setDirty(false);
            toasts.info(
              deployed === undefined
                ? 'Deployed, but the decision isn’t in the file any more.'
                : `“${deployed.name ?? deployed.key}” is now version ${deployed.version}.`,
            );
            if (deployed !== undefined)
              void navigate(`/decisions/${encodeURIComponent(deployed.id)}`, { state: SAVED });
          }}
          onError={(error) => {
            const refusal = parseExceptionOf(error);
            if (refusal === null) return false;
            const lines = problemsOf(refusal).map(({ line, message }) => (line ? `Line ${line}: ${message}` : message));
            toasts.error(new Error(lines.join('\n')));
            return true;
          }}
        />
      )}
      {guard.dialog}
    </main>
  );
}
