import './token-badge.css';
import { useEffect } from 'react';
import { isOnCanvas, type Viewer } from './viewer.js';

/** What the badges of one activity say. */
export interface ActivityBadge {
  activityId: string;
  instances: number;
  incidents: number;
}

const OVERLAY_TYPE = 'tokens';

/** One badge per activity where tokens wait, and one where there are incidents. Redraws when the badges change. */
export function TokenOverlays({ viewer, badges }: { viewer: Viewer; badges: readonly ActivityBadge[] }) {
  useEffect(() => {
    const overlays = viewer.get('overlays');
    for (const { activityId, instances, incidents } of badges) {
      if (!isOnCanvas(viewer, activityId)) continue;
      const add = (className: string, count: number, what: string, position: object) => {
        const badge = document.createElement('span');
        badge.className = `token-badge ${className}`;
        badge.textContent = String(count); // never innerHTML: what is shown comes from outside
        badge.title = `${count} ${what}${count === 1 ? '' : 's'}`;
        badge.dataset['activity'] = activityId;
        // Readable even where a wide diagram is drawn small.
        overlays.add(activityId, OVERLAY_TYPE, { position, html: badge, scale: { min: 0.75 } });
      };
      if (instances > 0) add('token-badge--tokens', instances, 'token', { bottom: 13, left: -11 });
      if (incidents > 0) add('token-badge--incident', incidents, 'incident', { top: -11, right: 13 });
    }
    return () => void overlays.remove({ type: OVERLAY_TYPE });
  }, [viewer, badges]);
  return null;
}
