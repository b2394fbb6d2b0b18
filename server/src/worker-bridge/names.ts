/** Where workers put their results: any server of the installation takes them. */
export const RESULTS_QUEUE = 'results';

/** The queue of a topic's tasks. BullMQ refuses a colon in the name of a queue. */
export function topicQueue(topicName: string): string {
  return `topic.${escaped(topicName)}`;
}

/**
 * The queue of what is pinned to versions of workers among which this one is. The version's own `@` is escaped, so that no
 * two pairs of topic and version share a queue; and none of these is a topic's.
 */
export function pinnedQueue(topicName: string, version: string): string {
  return `pinned.${escaped(topicName)}@${escaped(version).replaceAll('@', '%40')}`;
}

function escaped(name: string): string {
  return name.replaceAll(/[%:]/g, (char) => (char === '%' ? '%25' : '%3A'));
}

/** The other keys beside the queues; docs/workers.md describes them, and workers use them too. */
export const bridgeKeys = {
  /** The ids of the workers that have announced themselves. */
  workers: (prefix: string) => `${prefix}:workers`,
  /** What a worker announced of itself, as JSON; gone some seconds after its last heartbeat. */
  worker: (prefix: string, workerId: string) => `${prefix}:worker:${workerId}`,
  /** The channel on which a worker hears whether its locks were extended. */
  replies: (prefix: string, workerId: string) => `${prefix}:replies:${workerId}`,
  /** The topics that ever had a queue. */
  topics: (prefix: string) => `${prefix}:topics`,
  /** The names of the queues that ever got a pinned task. */
  pinnedQueues: (prefix: string) => `${prefix}:pinned-queues`,
  /** Held by the server that fills the queue at this moment. */
  pushing: (prefix: string, queueName: string) => `${prefix}:pushing:${queueName}`,
  /** The installations under a configured prefix: a sorted set of their ids by Redis's time in milliseconds. */
  installations: (configuredPrefix: string) => `${configuredPrefix}:installations`,
};
