import { reachableElements } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { newestFirst } from '../deployment/definition-lookup.js';
import { noSuchResource } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';
import { type LiveWorker, LiveWorkers } from '../worker-bridge/live-workers.js';
import { CallsAhead, type Definition } from './calls-ahead.js';
import { RestWorkers } from './rest-workers.js';
import { Needs } from './version-needs.js';
import type { RetirementDto, WorkerVersionDto } from './worker.dto.js';
import { ALL_PINS, canDo, Pins } from './worker-coverage.js';

/** How the address names workers that announce no version. */
const UNKNOWN = 'unknown';

/** Instances of a definition whose tokens stand at the same elements. */
interface Signature {
  readonly definitionId: string;
  readonly elements: readonly string[];
  /** Those of them at which somebody works now: a worker, or a called instance. */
  readonly leaves: readonly string[] | null;
  readonly instances: number;
}

type Worker = Pick<LiveWorker, 'workerId' | 'version' | 'transport' | 'takesPinned' | 'topics'> & {
  readonly isLive: boolean;
};

interface Picture {
  readonly workers: readonly Worker[];
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly signatures: readonly Signature[];
  readonly pins: Pins;
  readonly calls: CallsAhead;
}

const SIGNATURES = `
SELECT s.definition AS "definitionId", s.elements, s.leaves, count(*)::int AS instances FROM (
  SELECT p.process_definition_id AS definition,
    array_agg(DISTINCT n.node->>'elementId') AS elements,
    array_agg(DISTINCT n.node->>'elementId') FILTER (WHERE n.node ? 'externalTask' OR n.node ? 'calledInstanceId') AS leaves
  FROM process_instance p, jsonb_array_elements(p.state->'nodes') AS n(node) GROUP BY p.id) s
GROUP BY 1, 2, 3`;

const DEFINITIONS = `
SELECT d.id, d.key, d.version, d.deployment_id AS "deploymentId", d.tenant_id AS "tenantId",
  d.state = 'canary' OR d.id = (SELECT n.id FROM process_definition n
    WHERE n.key = d.key AND n.tenant_id IS NOT DISTINCT FROM d.tenant_id ORDER BY ${newestFirst('n')} LIMIT 1) AS "isLatest"
FROM process_definition d`;

/** Says when the workers of a version may be stopped: when no instance can come to work that only they would do. */
@Injectable()
export class RetirementService {
  constructor(
    private readonly database: Database,
    private readonly cache: DefinitionCache,
    private readonly live: LiveWorkers,
    private readonly rest: RestWorkers,
  ) {}

  async versions(): Promise<WorkerVersionDto[]> {
    const picture = await this.look();
    const versions = [...new Set(picture.workers.map(({ version }) => version))];
    const all = await Promise.all(versions.map((version) => assess(picture, version, null)));
    return all
      .map(({ version, state, safeToStop, liveWorkers, topics }) => ({
        version,
        state,
        liveWorkers: liveWorkers.length,
        topics,
        safeToStop,
      }))
      .sort((a, b) => (a.version ?? '').localeCompare(b.version ?? '', 'en', { numeric: true }));
  }

  /** @param topic null for all topics of the version @throws RestError (404) for a version, or its topic, that no worker is known of */
  async of(name: string, topic: string | null): Promise<RetirementDto> {
    const version = name === UNKNOWN ? null : name;
    const picture = await this.look();
    const own = picture.workers.filter((worker) => worker.version === version);
    if (own.length === 0) throw noSuchResource(`No worker of version '${name}' is known`);
    if (topic !== null && !own.some(({ topics }) => topics.some((each) => each.name === topic)))
      throw noSuchResource(`No worker of version '${name}' with topic '${topic}' is known`);
    return assess(picture, version, topic);
  }

  private async look(): Promise<Picture> {
    const [live, known] = await Promise.all([this.live.list(), this.rest.known()]);
    const workers: Worker[] = [
      ...live.filter(({ transport }) => transport === 'bullmq').map((worker) => ({ ...worker, isLive: true })),
      ...known.map(({ id, version, topics, isLive }) => ({
        workerId: id,
        version,
        transport: 'rest' as const,
        topics: Object.entries(topics).map(([name, topic]) => ({ name, ...topic })),
        isLive,
      })),
    ];
    const definitions = new Map((await this.database.query<Definition>(DEFINITIONS)).map((row) => [row.id, row]));
    const signatures = await this.database.query<Signature>(SIGNATURES);
    return {
      workers,
      definitions,
      signatures,
      pins: new Pins(await this.database.query(ALL_PINS)),
      calls: new CallsAhead(this.database, this.cache, definitions),
    };
  }
}

async function assess(
  { workers, definitions, signatures, pins, calls }: Picture,
  version: string | null,
  onlyTopic: string | null,
): Promise<RetirementDto> {
  const own = workers.filter((worker) => worker.version === version);
  const others = workers.filter((worker) => worker.version !== version && worker.isLive);
  const topics = [...new Set(own.flatMap((worker) => worker.topics.map(({ name }) => name)))]
    .filter((name) => onlyTopic === null || name === onlyTopic)
    .sort();
  /** Which of the version's topics it could be asked for there. */
  const couldDo = (definition: Definition, topic: string | null) =>
    (topic === null ? topics : topics.filter((name) => name === topic))
      .map((name) => pins.workOf(definition.deploymentId, name))
      .filter((work) => own.some((worker) => canDo(worker, work)));
  const onlyHere = (definition: Definition, topic: string | null) =>
    couldDo(definition, topic).some((work) => !others.some((worker) => canDo(worker, work)));
  const needs = new Needs();
  let isAsked = false;
  let getsNewWork = false;

  for (const definition of definitions.values()) {
    if (!definition.isLatest) continue;
    const { work, unknown } = await calls.at(definition, null);
    for (const ahead of work) {
      if (couldDo(ahead.definition, ahead.topic).length > 0) getsNewWork = true;
      if (onlyHere(ahead.definition, ahead.topic)) needs.ofNewInstances(definition, ahead);
    }
    for (const call of unknown)
      if (topics.some((topic) => onlyHere(call.definition, topic))) needs.ofNewInstances(definition, call);
  }
  for (const { definitionId, elements, leaves, instances } of signatures) {
    const definition = definitions.get(definitionId);
    if (!definition) continue;
    const reached = reachableElements(await calls.model(definitionId), elements);
    const { work, unknown } = await calls.at(definition, reached);
    const found = work.filter((ahead) => onlyHere(ahead.definition, ahead.topic));
    if (work.some((ahead) => couldDo(ahead.definition, ahead.topic).length > 0)) isAsked = true;
    const calling = unknown.filter((call) => topics.some((topic) => onlyHere(call.definition, topic)));
    needs.ofInstances(definition, [...found, ...calling], instances, leaves ?? []);
  }
  const stillNeeded = needs.list();
  return {
    version,
    state: getsNewWork ? 'active' : isAsked ? 'draining' : 'drained',
    safeToStop: stillNeeded.length === 0,
    sentence: needs.sentence(),
    liveWorkers: own.filter(({ isLive }) => isLive).map(({ workerId }) => workerId),
    topics,
    stillNeeded,
  };
}
