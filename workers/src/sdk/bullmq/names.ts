/** Where results go. Servers of the installation share the work. */
export const RESULTS_QUEUE = 'results';

/** The queue of a topic's tasks. BullMQ refuses a colon in the name of a queue. */
export function topicQueue(topicName: string): string {
  return `topic.${escaped(topicName)}`;
}

/** The queue of what is pinned to versions of workers among which this one is. */
export function pinnedQueue(topicName: string, version: string): string {
  return `pinned.${escaped(topicName)}@${escaped(version).replaceAll('@', '%40')}`;
}

function escaped(name: string): string {
  return name.replaceAll(/[%:]/g, (char) => (char === '%' ? '%25' : '%3A'));
}

/** Where installations announce themselves: a sorted set of their ids by Redis's time in milliseconds. */
export function installationsKey(prefix: string): string {
  return `${prefix}:installations`;
}

/** The ids of the workers that have announced themselves. */
export function workersKey(prefix: string): string {
  return `${prefix}:workers`;
}

/** What a worker announced of itself, as JSON; gone some seconds after its last heartbeat. */
export function workerKey(prefix: string, workerId: string): string {
  return `${prefix}:worker:${workerId}`;
}

/** The channel on which a worker hears whether its locks were extended. */
export function repliesChannel(prefix: string, workerId: string): string {
  return `${prefix}:replies:${workerId}`;
}
