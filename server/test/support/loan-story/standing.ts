import type { RestServer } from '../rest-server.js';

/** An element at which a token is. */
export interface Standing {
  readonly elementId: string;
  /** Its job before or after it has yet to run. */
  readonly isTransition: boolean;
}

interface Tree {
  readonly activityId: string;
  readonly childActivityInstances: readonly Tree[];
  readonly childTransitionInstances: readonly { readonly activityId: string }[];
}

/** The elements without others inside at which an instance is, by name; none when it has ended. */
export async function standing(server: RestServer, id: string): Promise<Standing[]> {
  const { status, body } = await server.get(`/process-instance/${id}/activity-instances`);
  return status === 404 ? [] : leaves(body).sort((a, b) => a.elementId.localeCompare(b.elementId));
}

function leaves({ activityId, childActivityInstances, childTransitionInstances }: Tree): Standing[] {
  const inside = [
    ...childActivityInstances.flatMap(leaves),
    ...childTransitionInstances.map((each) => ({ elementId: each.activityId, isTransition: true })),
  ];
  return inside.length > 0 ? inside : [{ elementId: activityId, isTransition: false }];
}
