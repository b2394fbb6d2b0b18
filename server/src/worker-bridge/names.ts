/** Where workers put their results: any server of the installation takes them. */
export const RESULTS_QUEUE = 'results';

/** The queue of a topic's tasks. BullMQ refuses a colon in the name of a queue. */
export function topicQueue(topicName: string): string {
  return `topic.${topicName.replaceAll(/[%:]/g, (char) => (char === '%' ? '%25' : '%3A'))}`;
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
  /** Held by the server that fills the topic's queue at this moment. */
  pushing: (prefix: string, topicName: string) => `${prefix}:pushing:${topicName}`,
  /** The installations under a configured prefix: a sorted set of their ids by Redis's time in milliseconds. */
  installations: (configuredPrefix: string) => `${configuredPrefix}:installations`,
};
