import { useEffect } from 'react';
import { isOnCanvas, type Viewer } from './viewer.js';

/** Below this, names can't be read. */
const READABLE_SCALE = 0.55;

/** Brings an element into view, large enough to be read; what is in view and readable stays where it is. */
export function FocusElement({ viewer, elementId }: { viewer: Viewer; elementId: string | null }) {
  useEffect(() => {
    if (elementId === null || !isOnCanvas(viewer, elementId)) return;
    const canvas = viewer.get('canvas');
    const box = canvas.getAbsoluteBBox(viewer.get('elementRegistry').get(elementId) as never);
    const { width, height } = canvas.getSize();
    const isInView = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    const scale = Math.max(canvas.zoom(), READABLE_SCALE);
    if (isInView && scale === canvas.zoom()) return;
    const view = canvas.viewbox();
    const center = {
      x: view.x + (box.x + box.width / 2) / view.scale,
      y: view.y + (box.y + box.height / 2) / view.scale,
    };
    const size = { width: width / scale, height: height / scale };
    canvas.viewbox({ x: center.x - size.width / 2, y: center.y - size.height / 2, ...size });
  }, [viewer, elementId]);
  return null;
}
