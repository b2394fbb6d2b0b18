import { useState } from 'react';
import { isPossible, MANUAL } from '../api/deployment-policy.js';
import { createDeployment, type DeploymentFile, getResource, listResources } from '../api/deployments.js';
import type { DeploymentWithDefinitions } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { DialogButtons } from '../ui/dialog-buttons.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { PolicyFields } from './policy-fields.js';

interface DeployDialogProps {
  /** The edited file itself. */
  main: { name: string; content: string; type: string };
  deploymentName: string;
  /** Where the edited version came from: its other files are offered. */
  deploymentId: string | null;
  /** The file has processes: what becomes of their instances can be chosen. */
  hasProcesses?: boolean;
  onClose(): void;
  onDeployed(deployment: DeploymentWithDefinitions, mainName: string): void;
  /** True when the error was shown by the caller. */
  onError(error: unknown, mainName: string): boolean;
}

/** What goes into the deployment: the diagram, the files that were deployed with it, and further ones from the disk. */
export function DeployDialog(props: DeployDialogProps) {
  const { main, deploymentId, hasProcesses = false, onClose, onDeployed, onError } = props;
  const [name, setName] = useState(props.deploymentName);
  const [mainName, setMainName] = useState(main.name);
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const [added, setAdded] = useState<readonly File[]>([]);
  const [policy, setPolicy] = useState(MANUAL);
  const { isBusy, run } = useAction();

  const resources = usePolling(`deployable ${deploymentId}`, (signal) =>
    deploymentId === null ? Promise.resolve([]) : listResources(deploymentId, signal),
  );
  const addedNames = new Set(added.map((file) => file.name));
  // A file from the disk takes the place of the deployed one of its name.
  const companions = (resources.data ?? []).filter(
    (resource) => resource.name !== main.name && resource.name !== mainName && !addedNames.has(resource.name),
  );

  const deploy = () =>
    run(async () => {
      try {
        const kept = companions.filter(({ id }) => !leftOut.has(id));
        const companionFiles = await Promise.all(
          kept.map(
            async (resource): Promise<DeploymentFile> => ({
              name: resource.name,
              content: await getResource(deploymentId ?? '', resource.id),
            }),
          ),
        );
        const deployment = await createDeployment(
          name.trim() || mainName,
          [
            { name: mainName.trim(), content: new Blob([main.content], { type: main.type }) },
            ...companionFiles,
            ...added.map((file) => ({ name: file.name, content: file })),
          ],
          policy,
        );
        onDeployed(deployment, mainName.trim());
      } catch (error) {
        if (!onError(error, mainName.trim())) throw error;
      }
    });

  return (
    <Dialog
      title="Deploy"
      onClose={onClose}
      testId="deploy-dialog"
      footer={
        <DialogButtons
          onStay={onClose}
          onGo={() => void deploy()}
          isDisabled={isBusy || mainName.trim() === '' || resources.data === null || !isPossible(policy)}
          testId="deploy-confirm"
        >
          {isBusy ? 'Deploying…' : 'Deploy'}
        </DialogButtons>
      }
    >
      <label className="field">
        <span>Deployment name</span>
        <input value={name} onChange={({ target }) => setName(target.value)} />
      </label>
      <label className="field">
        <span>File name</span>
        <input className="mono" value={mainName} onChange={({ target }) => setMainName(target.value)} />
      </label>
      {hasProcesses && <PolicyFields choice={policy} onChange={setPolicy} />}
      {resources.error !== null && <ErrorNote error={resources.error} />}
      {resources.data === null && resources.error === null && <Loading />}
      {companions.length > 0 && (
        <fieldset className="deploy-files">
          <legend>Deployed with it before</legend>
          {companions.map(({ id, name: resourceName }) => (
            <label key={id} className="check">
              <input
                type="checkbox"
                checked={!leftOut.has(id)}
                onChange={({ target }) => {
                  const next = new Set(leftOut);
                  if (target.checked) next.delete(id);
                  else next.add(id);
                  setLeftOut(next);
                }}
              />
              <span className="mono">{resourceName}</span>
            </label>
          ))}
          <p className="faint">
            What is bound to the deployment (forms, decisions, called processes) must be part of it.
          </p>
        </fieldset>
      )}
      {added.length > 0 && (
        <ul className="deploy-added">
          {added.map((file) => (
            <li key={file.name}>
              <span className="mono">{file.name}</span>
              <button
                type="button"
                className="icon-button"
                aria-label={`Leave out ${file.name}`}
                onClick={() => setAdded(added.filter((other) => other !== file))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <label className="button button--small">
        + Add files
        <input
          type="file"
          multiple
          className="visually-hidden"
          data-testid="deploy-add-files"
          onChange={({ target }) => {
            const files = [...(target.files ?? [])];
            const names = new Set(files.map((file) => file.name));
            setAdded([...added.filter((file) => !names.has(file.name)), ...files]);
            target.value = '';
          }}
        />
      </label>
    </Dialog>
  );
}
