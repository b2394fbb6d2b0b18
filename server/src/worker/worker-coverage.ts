import type { LiveWorker } from '../worker-bridge/live-workers.js';
import { satisfies } from './version-range.js';

/** One topic in the processes of one deployment. */
export interface Work {
  readonly topic: string;
  /** The range of worker versions that the deployment pins it to. */
  readonly range: string | undefined;
}

type Worker = Pick<LiveWorker, 'version' | 'transport' | 'takesPinned' | 'topics'>;

/** Whether the worker may be given this work. Older clients over BullMQ don't listen where pinned tasks come. */
export function canDo({ version, transport, takesPinned, topics }: Worker, { topic, range }: Work): boolean {
  if (!topics.some(({ name }) => name === topic)) return false;
  return range === undefined || ((transport === 'rest' || takesPinned === true) && satisfies(version, range));
}

/** The pins of some deployments by topic. */
export class Pins {
  private readonly ranges = new Map<string, string>();

  constructor(rows: readonly { deploymentId: string; topic: string; range: string }[]) {
    for (const { deploymentId, topic, range } of rows) this.ranges.set(`${deploymentId}\n${topic}`, range);
  }

  workOf(deploymentId: string, topic: string): Work {
    return { topic, range: this.ranges.get(`${deploymentId}\n${topic}`) };
  }
}

export const ALL_PINS = `SELECT deployment_id AS "deploymentId", topic_name AS topic, version_range AS range FROM worker_version_pin`;
