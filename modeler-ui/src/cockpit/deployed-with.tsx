import { Fragment } from 'react';
import { Link } from 'react-router-dom';
import { listResources } from '../api/deployments.js';
import { usePolling } from '../ui/use-polling.js';

/** Links to the other files of a deployment: forms, decisions and called processes that belong to the version. */
export function DeployedWith({ deploymentId, resourceName }: { deploymentId: string; resourceName: string }) {
  const { data } = usePolling(`resources ${deploymentId}`, (signal) => listResources(deploymentId, signal));
  const others = (data ?? []).filter(({ name }) => name !== resourceName && /\.(form|dmn|bpmn)$/i.test(name));
  if (others.length === 0) return null;
  return (
    <span className="deployed-with">
      deployed with{' '}
      {others.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index > 0 && ', '}
          <Link to={`/files/${encodeURIComponent(deploymentId)}/${encodeURIComponent(id)}`}>
            {name.slice(name.lastIndexOf('/') + 1)}
          </Link>
        </Fragment>
      ))}
    </span>
  );
}
