import { Link } from 'react-router-dom';
import type { ProcessDefinition } from '../api/types.js';

interface DeployedBannerProps {
  definitions: readonly ProcessDefinition[];
  onStart(): void;
  onClose(): void;
}

/** What the last deployment has made, and what to do with it next. */
export function DeployedBanner({ definitions, onStart, onClose }: DeployedBannerProps) {
  return (
    <output className="banner" data-testid="deployed">
      {definitions.map((definition) => (
        <span key={definition.id} data-testid={`deployed-${definition.key}`}>
          “{definition.name ?? definition.key}” is now version <strong>{definition.version}</strong>.{' '}
          <Link to={`/processes/${encodeURIComponent(definition.id)}`}>See its page</Link>
        </span>
      ))}
      <button type="button" className="button button--small" data-testid="start-deployed" onClick={onStart}>
        Start an instance
      </button>
      <span className="spacer" />
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={onClose}>
        ×
      </button>
    </output>
  );
}
