import { ofInstance } from './history.js';
import type { IncidentRow } from './records.js';
import type { Run } from './run.js';
import type { ActivityNode, IncidentState } from './state.js';

export interface IncidentCause {
  readonly type: string;
  readonly message: string | null;
  readonly elementId: string;
  readonly failedElementId: string | null;
  /** The job or external task; null for an incident that a called instance passed on. */
  readonly configuration: string | null;
  /** The log's row of the failure. */
  readonly historyConfiguration?: string | null;
  readonly causeIncidentId?: string;
  readonly rootCauseIncidentId?: string;
}

/** Opens an incident at an activity instance, and at every call activity above it. */
export function openIncident(run: Run, nodeId: string, cause: IncidentCause): void {
  const id = run.env.newId();
  const { type, message, elementId, configuration } = cause;
  const incident: IncidentState = {
    id,
    type,
    message,
    elementId,
    createdAt: run.now.getTime(),
    configuration,
    causeIncidentId: cause.causeIncidentId ?? id,
    rootCauseIncidentId: cause.rootCauseIncidentId ?? id,
  };
  const node = run.state.edit(nodeId);
  node.incidents = [...(node.incidents ?? []), incident];
  const row: IncidentRow = {
    ...ofInstance(run),
    ...incident,
    createdAt: run.now,
    failedElementId: cause.failedElementId,
    activityInstanceId: nodeId,
    annotation: null,
  };
  run.changes.insert('incident', row);
  run.changes.insert('historicIncident', {
    ...row,
    historyConfiguration: cause.historyConfiguration ?? null,
    endedAt: null,
    state: 'open',
  });
  tellSuper(run, (activityInstanceId) => ({
    kind: 'calledInstanceIncident',
    activityInstanceId,
    incidentId: id,
    rootCauseIncidentId: incident.rootCauseIncidentId,
    type,
    message,
  }));
}

/** Closes the incidents of a node that fit, and what they caused above. */
export function closeIncidents(
  run: Run,
  node: ActivityNode,
  fits: (incident: IncidentState) => boolean,
  state: 'resolved' | 'deleted',
): void {
  const closing = (node.incidents ?? []).filter(fits);
  if (closing.length === 0) return;
  const edited = run.state.edit(node.id);
  edited.incidents = node.incidents?.filter((incident) => !closing.includes(incident));
  for (const { id } of closing) {
    run.changes.delete('incident', id);
    run.changes.update('historicIncident', id, { endedAt: run.now, state });
    tellSuper(run, () => ({ kind: 'calledInstanceIncidentResolved', causeIncidentId: id }));
  }
}

function tellSuper(run: Run, command: (activityInstanceId: string) => Run['followUps'][number]['command']): void {
  const { superProcessInstanceId, superActivityInstanceId } = run.state.header;
  if (superProcessInstanceId !== null && superActivityInstanceId !== null)
    run.followUps.push({ instanceId: superProcessInstanceId, command: command(superActivityInstanceId) });
}
