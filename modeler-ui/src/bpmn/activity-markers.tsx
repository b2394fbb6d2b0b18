import { useEffect } from 'react';
import { isOnCanvas, type Viewer } from './viewer.js';

/** Colors the elements by a class on the canvas. `activityIds` should keep its identity while its content is the same. */
export function ActivityMarkers({
  viewer,
  activityIds,
  marker,
}: {
  viewer: Viewer;
  activityIds: readonly string[];
  marker: 'activity--done' | 'activity--current' | 'activity--selected';
}) {
  useEffect(() => {
    const canvas = viewer.get('canvas');
    const marked = activityIds.filter((id) => isOnCanvas(viewer, id));
    for (const id of marked) canvas.addMarker(id, marker);
    return () => {
      for (const id of marked) if (isOnCanvas(viewer, id)) canvas.removeMarker(id, marker);
    };
  }, [viewer, activityIds, marker]);
  return null;
}
