import type Canvas from 'diagram-js/lib/core/Canvas';
import type ElementRegistry from 'diagram-js/lib/core/ElementRegistry';
import type EventBus from 'diagram-js/lib/core/EventBus';
import type Overlays from 'diagram-js/lib/features/overlays/Overlays';

/** The services of bpmn-js that this app asks for, in viewers and in the modeler. */
export interface DiagramServices {
  canvas: Canvas;
  elementRegistry: ElementRegistry;
  eventBus: EventBus;
  overlays: Overlays;
}

/** A bpmn-js viewer or modeler with a diagram in it. */
export interface Viewer {
  get<Name extends keyof DiagramServices>(name: Name): DiagramServices[Name];
}

/** Whether overlays and markers can be put on the element: it is in the diagram, and not the diagram itself. */
export function isOnCanvas(viewer: Viewer, elementId: string): boolean {
  return viewer.get('elementRegistry').get(elementId)?.parent !== undefined;
}

/** The element's name as the modeller wrote it, else its id. */
export function elementName(viewer: Viewer, elementId: string): string {
  const element = viewer.get('elementRegistry').get(elementId);
  const businessObject = element?.['businessObject'] as { name?: string } | undefined;
  return businessObject?.name?.trim() || elementId;
}

/** Space to leave free around a fitted diagram, in pixels of the screen. */
export interface Margin {
  left: number;
  right: number;
  vertical: number;
}

const EVEN_MARGIN: Margin = { left: 16, right: 16, vertical: 16 };

/** Fits the whole diagram and centres it, but never larger than life. */
export function zoomToFit(viewer: Viewer, margin: Margin = EVEN_MARGIN): void {
  const canvas = viewer.get('canvas');
  const { width, height } = canvas.getSize();
  const { inner } = canvas.viewbox();
  const free = { width: width - margin.left - margin.right, height: height - 2 * margin.vertical };
  if (free.width <= 0 || free.height <= 0 || inner.width === 0 || inner.height === 0) return; // not laid out yet
  const scale = Math.min(1, free.width / inner.width, free.height / inner.height);
  const offset = {
    x: margin.left + (free.width - inner.width * scale) / 2,
    y: margin.vertical + (free.height - inner.height * scale) / 2,
  };
  canvas.viewbox({
    x: inner.x - offset.x / scale,
    y: inner.y - offset.y / scale,
    width: width / scale,
    height: height / scale,
  });
}

/**
 * Tells bpmn-js when its container changes its size, so that palette and scrolling fit again.
 * @returns what stops it
 */
export function followSize(viewer: Viewer, container: Element): () => void {
  const observer = new ResizeObserver(() => (viewer.get('canvas') as unknown as { resized(): void }).resized());
  observer.observe(container);
  return () => observer.disconnect();
}

export function zoomBy(viewer: Viewer, factor: number): void {
  const canvas = viewer.get('canvas');
  canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
}
