import { RestError } from './rest.mjs';

/** Where things wait that nobody takes: topics without a worker, else the activities of an instance. */
export async function describeWaiting(rest, book) {
  const failed = await rest.get('/incident?maxResults=1');
  if (failed.length > 0) return `there is an incident at '${failed[0].activityId}': ${failed[0].incidentMessage}`;
  const tasks = await rest.get('/external-task?withRetriesLeft=true&maxResults=250');
  const topics = [...new Set(tasks.map(({ topicName }) => `'${topicName}'`))];
  if (topics.length > 0) return `work of ${topics.join(', ')} waits to be done (are the workers running?)`;
  for (const { instanceId, businessKey } of book.applications) {
    if (!instanceId) continue;
    try {
      const tree = await rest.get(`/process-instance/${instanceId}/activity-instances`);
      return `${businessKey} waits at ${leavesOf(tree).join(', ')}`;
    } catch (error) {
      if (!(error instanceof RestError)) throw error; // else it has ended
    }
  }
  return 'nothing waits';
}

function leavesOf({ activityId, childActivityInstances = [], childTransitionInstances = [] }) {
  const below = [
    ...childActivityInstances.flatMap(leavesOf),
    ...childTransitionInstances.map((child) => child.activityId),
  ];
  return below.length > 0 ? below : [activityId];
}
