import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import './diagram.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { followSize, type Viewer, zoomBy, zoomToFit } from './viewer.js';
import { ZoomButtons } from './zoom-buttons.js';

interface DiagramProps {
  xml: string | null;
  label: string;
  /** Called with null when the canvas itself is clicked. */
  onElementClick?(elementId: string | null): void;
  /** Drawn over the diagram, once it is there. */
  children?(viewer: Viewer): ReactNode;
}

/** A BPMN diagram to look at: it can be moved and zoomed, not changed. */
export function Diagram({ xml, label, onElementClick, children }: DiagramProps) {
  const container = useRef<HTMLDivElement>(null);
  const onClick = useRef(onElementClick);
  onClick.current = onElementClick;
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (xml === null || container.current === null) return;
    const bpmn = new NavigatedViewer<Record<string, unknown>>({ container: container.current });
    const asViewer = bpmn as unknown as Viewer; // the generic `get` of bpmn-js knows no service map
    const stopFollowing = followSize(asViewer, container.current);
    let isGone = false;
    bpmn.importXML(xml).then(
      () => {
        if (isGone) return;
        zoomToFit(asViewer);
        asViewer.get('eventBus').on('element.click', ({ element }: { element: { id: string; parent?: unknown } }) => {
          onClick.current?.(element.parent === undefined ? null : element.id);
        });
        setViewer(asViewer);
        setError(null);
      },
      (reason: unknown) => {
        if (!isGone) setError(reason);
      },
    );
    return () => {
      isGone = true;
      setViewer(null);
      stopFollowing();
      bpmn.destroy();
    };
  }, [xml]);

  return (
    <figure className="diagram" aria-label={label} data-testid="diagram">
      <div className="diagram__canvas" ref={container} />
      {error !== null && (
        <div className="diagram__message">
          <ErrorNote error={error} />
        </div>
      )}
      {error === null && viewer === null && (
        <div className="diagram__message">
          <Loading what="Drawing the diagram" />
        </div>
      )}
      {viewer !== null && children?.(viewer)}
      {viewer !== null && <ZoomButtons onZoom={(factor) => zoomBy(viewer, factor)} onFit={() => zoomToFit(viewer)} />}
    </figure>
  );
}
