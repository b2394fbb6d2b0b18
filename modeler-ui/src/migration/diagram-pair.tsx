import { useMemo, useState } from 'react';
import type { ProcessDefinition } from '../api/types.js';
import { ActivityMarkers } from '../bpmn/activity-markers.js';
import { Diagram } from '../bpmn/diagram.js';
import { FocusElement } from '../bpmn/focus-element.js';
import { type ActivityBadge, TokenOverlays } from '../bpmn/token-overlays.js';
import { elementIdOf, type FlowNode } from './flow-nodes.js';
import type { PlanRow } from './plan-rows.js';

interface Side {
  definition: ProcessDefinition;
  xml: string;
  nodes: readonly FlowNode[];
}

interface DiagramPairProps {
  source: Side & { badges: readonly ActivityBadge[] };
  target: Side;
  selected: PlanRow | null;
  onSelect(elementId: string | null): void;
  /** The selected activity is to go on at this one. */
  onMap(targetId: string): void;
}

const NOTHING: readonly string[] = [];
const titleOf = ({ version, versionTag }: ProcessDefinition) =>
  `Version ${version}${versionTag === null ? '' : ` (${versionTag})`}`;

/** Both versions side by side; the chosen row of the mapping is marked in both. */
export function DiagramPair({ source, target, selected, onSelect, onMap }: DiagramPairProps) {
  const [picked, setPicked] = useState<string | null>(null);
  const sourceIds = useMemo(() => (selected === null ? NOTHING : [elementIdOf(selected.sourceId)]), [selected]);
  const targetIds = useMemo(() => (selected === null ? NOTHING : selected.targetIds.map(elementIdOf)), [selected]);
  const pickedIds = useMemo(() => (picked === null ? NOTHING : [picked]), [picked]);

  const chosen = selected && source.nodes.find(({ id }) => id === selected.sourceId);
  // A multi-instance activity is two: a body goes to the body.
  const isBody = chosen !== null && chosen !== undefined && chosen.id !== chosen.elementId;
  const candidate = target.nodes.find(({ id, elementId }) => elementId === picked && (id !== elementId) === isBody);

  return (
    <div className="diagram-pair">
      <section aria-label="Source version">
        <h2>{titleOf(source.definition)}</h2>
        <div className="diagram-card">
          <Diagram xml={source.xml} label={`Diagram of ${titleOf(source.definition)}`} onElementClick={onSelect}>
            {(viewer) => (
              <>
                <TokenOverlays viewer={viewer} badges={source.badges} />
                <ActivityMarkers viewer={viewer} activityIds={sourceIds} marker="activity--selected" />
                <FocusElement viewer={viewer} elementId={sourceIds[0] ?? null} />
              </>
            )}
          </Diagram>
        </div>
      </section>
      <section aria-label="Target version">
        <h2>{titleOf(target.definition)}</h2>
        <div className="diagram-card">
          <Diagram xml={target.xml} label={`Diagram of ${titleOf(target.definition)}`} onElementClick={setPicked}>
            {(viewer) => (
              <>
                <ActivityMarkers viewer={viewer} activityIds={pickedIds} marker="activity--current" />
                <ActivityMarkers viewer={viewer} activityIds={targetIds} marker="activity--selected" />
                <FocusElement viewer={viewer} elementId={targetIds[0] ?? null} />
              </>
            )}
          </Diagram>
          {chosen && candidate && !selected.targetIds.includes(candidate.id) && (
            <p className="diagram-card__selection">
              <button
                type="button"
                className="link-button"
                data-testid="map-picked"
                onClick={() => {
                  onMap(candidate.id);
                  setPicked(null);
                }}
              >
                Map “{chosen.label}” to “{candidate.label}”
              </button>
            </p>
          )}
        </div>
      </section>
    </div>
  );
}
