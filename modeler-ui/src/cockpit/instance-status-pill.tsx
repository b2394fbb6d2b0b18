import type { InstanceStatus } from '../api/types.js';

const TEXTS: Record<InstanceStatus, { text: string; tone: string }> = {
  ACTIVE: { text: 'running', tone: 'running' },
  SUSPENDED: { text: 'suspended', tone: 'warning' },
  COMPLETED: { text: 'completed', tone: 'done' },
  EXTERNALLY_TERMINATED: { text: 'cancelled', tone: 'neutral' },
  INTERNALLY_TERMINATED: { text: 'terminated', tone: 'neutral' },
};

export function InstanceStatusPill({ status }: { status: InstanceStatus }) {
  const { text, tone } = TEXTS[status] ?? { text: status.toLowerCase(), tone: 'neutral' };
  return (
    <span className={`pill pill--${tone}`} data-testid="instance-state">
      {text}
    </span>
  );
}
