import '../bpmn/token-badge.css';
import { useEffect } from 'react';
import { elementName, isOnCanvas, type Viewer } from '../bpmn/viewer.js';
import type { DeploymentProblem } from './deployment-problems.js';

interface ProblemListProps {
  problems: readonly DeploymentProblem[];
  viewer: Viewer;
  onReveal(elementId: string): void;
  onClose(): void;
}

/** Why the server refused the deployment; a click goes to the element. */
export function ProblemList({ problems, viewer, onReveal, onClose }: ProblemListProps) {
  return (
    <section className="problems" aria-label="Deployment problems" data-testid="problems">
      <header>
        <h2>
          The deployment was refused <span className="count count--alert">{problems.length}</span>
        </h2>
        <button type="button" className="icon-button" aria-label="Close the list" onClick={onClose}>
          ×
        </button>
      </header>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.file} ${problem.line} ${problem.elementId} ${problem.message}`}>
            <button
              type="button"
              className={`problem problem--${problem.severity}`}
              data-testid="problem"
              disabled={problem.elementId === null}
              onClick={() => problem.elementId !== null && onReveal(problem.elementId)}
            >
              <span className="problem__place">
                {problem.elementId === null ? problem.file : elementName(viewer, problem.elementId)}
                {problem.line !== null && <span className="faint"> line {problem.line}</span>}
              </span>
              <span>{problem.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const OVERLAY_TYPE = 'deployment-problem';
const MARKER = 'has-deployment-problem';

/** Marks the elements of the problems on the diagram. */
export function ProblemOverlays({ problems, viewer }: { problems: readonly DeploymentProblem[]; viewer: Viewer }) {
  useEffect(() => {
    const overlays = viewer.get('overlays');
    const canvas = viewer.get('canvas');
    const messagesOf = new Map<string, string[]>();
    for (const { elementIds, message } of problems) {
      for (const id of elementIds) messagesOf.set(id, [...(messagesOf.get(id) ?? []), message]);
    }
    const marked = [...messagesOf.keys()].filter((id) => isOnCanvas(viewer, id));
    for (const id of marked) {
      const badge = document.createElement('span');
      badge.className = 'token-badge token-badge--incident';
      badge.textContent = '!';
      badge.title = (messagesOf.get(id) ?? []).join('\n');
      overlays.add(id, OVERLAY_TYPE, { position: { top: -11, left: -11 }, html: badge, scale: { min: 0.75 } });
      canvas.addMarker(id, MARKER);
    }
    return () => {
      overlays.remove({ type: OVERLAY_TYPE });
      for (const id of marked) if (isOnCanvas(viewer, id)) canvas.removeMarker(id, MARKER);
    };
  }, [problems, viewer]);
  return null;
}
