import { eventChanges, type ProcessModel, unwrittenVariables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { bindCalls, type DeployedHere, describeOpen, formsIn } from '../../deployment/call-bindings.js';
import { DefinitionResources } from '../../deployment/definition-resources.js';
import type { DeploymentInput } from '../../deployment/deployment.service.js';
import type { DeploymentPolicy } from '../../deployment/deployment-policy.js';
import { type ParsedProcess, parseResources } from '../../deployment/parse-resources.js';
import { type ServedTopics, TopicWorkers } from '../../external-task/topic-workers.js';
import { Database } from '../../persistence/database.js';
import type { VersionState } from '../../persistence/entities/process-definition.js';
import { ServerSettings } from '../../settings.js';
import type { VersionPins } from '../../worker/version-range.js';
import { type InstanceGroup, instanceGroups } from './instance-groups.query.js';
import type { DeploymentPlan, PlannedDefinition, PlanProblem, VersionPlan } from './plan.js';
import { resourceChanges } from './resource-changes.js';
import { versionName } from './version-name.js';
import { versionOutlook } from './version-outlook.js';

interface DeployedVersion {
  readonly id: string;
  readonly version: number;
  readonly versionTag: string | null;
  readonly state: VersionState;
}

/** What a process in the files is compared with. */
interface Comparison {
  readonly process: ParsedProcess;
  readonly planned: PlannedDefinition;
  readonly versions: readonly DeployedVersion[];
  readonly groups: readonly InstanceGroup[];
  /** The newest deployed version. */
  readonly newest: ProcessModel | null;
}

/** Says what a deployment would do. Nothing is stored. */
@Injectable()
export class DeploymentPlanService {
  constructor(
    private readonly database: Database,
    private readonly resources: DefinitionResources,
    private readonly workers: TopicWorkers,
    private readonly settings: ServerSettings,
  ) {}

  /** @throws ParseError, InvalidCommandError for files that could not be deployed at all */
  async plan(input: DeploymentInput): Promise<DeploymentPlan> {
    const changes = await resourceChanges(this.database, input);
    const deployed = input.resources.filter((_, i) => changes[i]?.action === 'deploy');
    const { processes, decisions, warnings } = await parseResources(deployed, this.resources.scripts);
    const definitions: PlannedDefinition[] = [];
    const problems: PlanProblem[] = warnings.map(({ message, elementId, line, resourceName }) => ({
      level: 'info',
      kind: 'model',
      resource: resourceName,
      definitionKey: null,
      elementId: elementId ?? null,
      line: line ?? null,
      message,
    }));
    for (const decision of decisions)
      definitions.push(await this.define('decision', decision.model, decision.resourceName, input.tenantId));
    const compared: Comparison[] = [];
    for (const process of processes) {
      const planned = await this.define('process', process.model, process.resourceName, input.tenantId);
      definitions.push(planned);
      compared.push(await this.compare(process, planned, input.tenantId));
    }
    const here: DeployedHere = {
      process: byKey(definitions, 'process'),
      decision: byKey(definitions, 'decision'),
      forms: formsIn(deployed),
    };
    const served = await this.workers.served();
    const versions: VersionPlan[] = [];
    for (const each of compared) {
      const outlooks = await this.outlooks(each);
      versions.push(...outlooks);
      problems.push(
        ...(await this.calls(each, here, input)),
        ...(await this.startConflicts(each, input.tenantId)),
        ...outlooks.flatMap((outlook) => instanceProblems(each, outlook)),
        ...policyProblems(each, input.policy ?? { kind: 'manual' }, outlooks),
        ...(await this.topics(each, served, input.workerVersions ?? {})),
        ...(await this.events(each)),
        ...(await this.variables(each)),
      );
    }
    return toPlan({ resources: changes, definitions, versions, problems });
  }

  private async define(
    kind: 'process' | 'decision',
    { key, versionTag }: { readonly key: string; readonly versionTag: string | null },
    resource: string,
    tenantId: string | null,
  ): Promise<PlannedDefinition> {
    const [newest] = await this.database.query<Pick<DeployedVersion, 'id' | 'version'>>(
      `SELECT id, version FROM ${kind}_definition WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2 ORDER BY version DESC LIMIT 1`,
      [key, tenantId],
    );
    const version = (newest?.version ?? 0) + 1;
    return { id: `${key}:${version}:planned`, kind, key, version, versionTag, resource, replaces: newest?.id ?? null };
  }

  private async compare(
    process: ParsedProcess,
    planned: PlannedDefinition,
    tenantId: string | null,
  ): Promise<Comparison> {
    const versions = await this.database.query<DeployedVersion>(
      `SELECT id, version, version_tag AS "versionTag", state FROM process_definition
       WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2 ORDER BY version`,
      [planned.key, tenantId],
    );
    const groups = await instanceGroups(
      this.database,
      versions.map(({ id }) => id),
    );
    const newest = planned.replaces === null ? null : await this.resources.model(planned.replaces);
    return { process, planned, versions, groups, newest };
  }

  private async outlooks({ process, planned, versions, groups }: Comparison): Promise<VersionPlan[]> {
    const plans: VersionPlan[] = [];
    for (const { id, version, versionTag } of versions) {
      const own = groups.filter(({ definitionId }) => definitionId === id);
      if (own.length === 0) continue;
      const source = { id, model: await this.resources.model(id) };
      const outlook = await versionOutlook(
        this.database,
        this.resources,
        source,
        { id: planned.id, model: process.model },
        own,
      );
      const names = (elementId: string) => source.model.elements.get(elementId)?.name ?? null;
      const elements = outlook.elements.map((element) => ({ ...element, elementName: names(element.elementId) }));
      plans.push({ processDefinitionId: id, key: planned.key, version, versionTag, ...outlook, elements });
    }
    return plans;
  }

  private async calls(
    { process, planned }: Comparison,
    here: DeployedHere,
    input: DeploymentInput,
  ): Promise<PlanProblem[]> {
    const { open, computed } = await bindCalls(this.database, process.model, here, input.tenantId);
    const mode = input.unresolvedCalls ?? this.settings.config.unresolvedCalls;
    return [
      ...open.map((call) =>
        problem(planned, process.model, call.elementId, {
          level: call.never || mode === 'error' ? ('broken' as const) : ('attention' as const),
          kind: 'call',
          message: describeOpen(call),
        }),
      ),
      ...computed.map(({ elementId, kind }) =>
        problem(planned, process.model, elementId, {
          level: 'info',
          kind: 'call',
          message: `An expression says which ${kind} '${elementId}' refers to, so that it is found when the time comes`,
        }),
      ),
    ];
  }

  /** A message is for one receiver, so only one process can start by it: the deployment would be refused. */
  private async startConflicts({ process, planned }: Comparison, tenantId: string | null): Promise<PlanProblem[]> {
    const problems: PlanProblem[] = [];
    for (const trigger of process.model.startTriggers) {
      if (trigger.kind !== 'message' || trigger.messageName.literal === undefined) continue;
      const [other] = await this.database.query<{ key: string }>(
        `SELECT process_definition_key AS key FROM event_subscription
         WHERE process_instance_id IS NULL AND event_type = 'message' AND event_name = $1
           AND tenant_id IS NOT DISTINCT FROM $2 AND process_definition_key <> $3`,
        [trigger.messageName.literal, tenantId, planned.key],
      );
      if (!other) continue;
      const message = `Process '${other.key}' starts by the message '${trigger.messageName.literal}' already, so that this can't be deployed`;
      problems.push(problem(planned, process.model, trigger.elementId, { level: 'broken', kind: 'event', message }));
    }
    return problems;
  }

  private async topics(
    { process, planned, versions }: Comparison,
    served: ServedTopics,
    pins: VersionPins,
  ): Promise<PlanProblem[]> {
    const { topics } = process.model;
    const waiting = await this.database.query<{ topic: string; elementId: string; n: number }>(
      `SELECT topic_name AS topic, element_id AS "elementId", count(*)::int AS n FROM external_task
       WHERE process_definition_id = ANY($1) AND NOT topic_name = ANY($2) GROUP BY 1, 2 ORDER BY 1, 2`,
      [versions.map(({ id }) => id), topics.flatMap(({ topic }) => topic ?? [])],
    );
    const unserved = topics.filter(({ topic }) => topic !== null && !served.has(topic, pins[topic]));
    const range = (topic: string | null) =>
      topic !== null && pins[topic] ? ` whose version is in '${pins[topic]}'` : '';
    return [
      ...waiting.map(({ topic, elementId, n }) =>
        problem(planned, null, elementId, {
          level: 'attention',
          kind: 'topic',
          message: `The topic '${topic}' is no longer used, but ${n} external task${n === 1 ? ' waits' : 's wait'} at '${elementId}' of older versions: their workers are still needed`,
        }),
      ),
      ...unserved.map(({ topic, elementId }) =>
        problem(planned, process.model, elementId, {
          level: 'attention',
          kind: 'worker',
          message: `No worker for the topic '${topic}' is connected${range(topic)}`,
        }),
      ),
    ];
  }

  private async events({ process, planned, newest, versions }: Comparison): Promise<PlanProblem[]> {
    const changes = newest ? eventChanges(newest, process.model) : [];
    if (changes.length === 0) return [];
    const waiting = await this.database.query<{ elementId: string; n: number }>(
      `SELECT element_id AS "elementId", count(DISTINCT process_instance_id)::int AS n FROM (
         SELECT element_id, process_instance_id FROM event_subscription
         WHERE process_definition_id = ANY($1) AND process_instance_id IS NOT NULL
         UNION ALL SELECT element_id, process_instance_id FROM job
         WHERE process_definition_id = ANY($1) AND process_instance_id IS NOT NULL) w GROUP BY 1`,
      [versions.map(({ id }) => id)],
    );
    return changes.map(({ elementId, kind, before, after }) => {
      const n = waiting.find((each) => each.elementId === elementId)?.n ?? 0;
      const what =
        before === null
          ? `is new: '${after}'`
          : after === null
            ? `is gone: '${before}'`
            : `was '${before}' and becomes '${after}'`;
      const wait =
        n === 0
          ? ''
          : `; ${n} instance${n === 1 ? ' waits' : 's wait'} for it as it was, until ${n === 1 ? 'it migrates' : 'they migrate'} with updateEventTrigger`;
      return problem(planned, process.model, elementId, {
        level: n === 0 ? 'info' : 'attention',
        kind: 'event',
        message: `The ${kind} of '${elementId}' ${what}${wait}`,
      });
    });
  }

  /** What the model alone can't tell, running instances may: a variable that they have is written by somebody. */
  private async variables({ process, planned, newest, versions, groups }: Comparison): Promise<PlanProblem[]> {
    const unwritten = unwrittenVariables(process.model);
    if (unwritten.length === 0) return [];
    const rows = await this.database.query<{ name: string }>(
      `SELECT wanted AS name FROM unnest($1::text[]) AS wanted WHERE EXISTS (SELECT 1 FROM variable v
         JOIN process_instance p ON p.id = v.process_instance_id
         WHERE v.name = wanted AND p.process_definition_id = ANY($2))`,
      [unwritten.map(({ name }) => name), versions.map(({ id }) => id)],
    );
    const seen = new Set(rows.map(({ name }) => name));
    const known = new Set(newest ? unwrittenVariables(newest).map(({ name }) => name) : []);
    return unwritten.map(({ name, readAt, confidence, mayBeWrittenBy }) => {
      const isNew = !known.has(name);
      const missing = !seen.has(name) && isNew && confidence !== 'possible' && groups.length > 0;
      const writers = [...new Set(mayBeWrittenBy.map(({ writer, elementId }) => `${writer} at '${elementId}'`))];
      const may =
        writers.length === 0
          ? ''
          : `; it may come from: ${writers.slice(0, 5).join(', ')}${writers.length > 5 ? ' …' : ''}`;
      const evidence = seen.has(name) ? '; running instances have it' : '';
      return problem(planned, process.model, readAt[0] ?? planned.key, {
        level: (confidence === 'certain' && !seen.has(name)) || missing ? 'attention' : 'info',
        kind: 'variable',
        message: `The variable '${name}' is read at ${readAt.map((id) => `'${id}'`).join(', ')}, but nothing in the model writes it (${confidence})${may}${evidence}`,
      });
    });
  }
}

function byKey(definitions: readonly PlannedDefinition[], kind: PlannedDefinition['kind']) {
  return new Map(definitions.filter((each) => each.kind === kind).map((each) => [each.key, each]));
}

function instanceProblems({ planned }: Comparison, running: VersionPlan): PlanProblem[] {
  return running.groups.flatMap(({ outcome, instances, reasons, activeElementIds }) => {
    if (outcome === 'moves') return [];
    const words = {
      'needs-mapping': `need${instances === 1 ? 's' : ''} a mapping to move`,
      stays: "can't move, whatever the plan,",
      breaks: 'would break on the way',
    }[outcome];
    const why = reasons.map(({ elementId, message }) => (elementId === null ? message : `'${elementId}': ${message}`));
    return [
      problem(planned, null, reasons[0]?.elementId ?? activeElementIds[0] ?? planned.key, {
        level: outcome === 'breaks' ? 'broken' : 'attention',
        kind: 'instance',
        message: `${instances} instance${instances === 1 ? '' : 's'} of ${versionName(running)} at ${activeElementIds.map((id) => `'${id}'`).join(', ')} ${words} to ${versionName(planned)}: ${why.join('; ')}`,
      }),
    ];
  });
}

/** What the policy can't do, ends or would leave as it is. */
function policyProblems(
  { planned, versions }: Comparison,
  { kind }: DeploymentPolicy,
  outlooks: readonly VersionPlan[],
): PlanProblem[] {
  const say = (level: PlanProblem['level'], message: string) =>
    problem(planned, null, planned.key, { level, kind: 'policy', message });
  const canary = versions.find(({ state }) => state === 'canary');
  const active = versions.filter(({ state }) => state === 'active');
  if (canary && kind === 'canary')
    return [
      say(
        'broken',
        `'${canary.id}' is an open canary, so that no other can be deployed before it is promoted or stopped`,
      ),
    ];
  if (kind === 'canary' && active.length === 0)
    return [
      say('info', `No version is active that version ${planned.version} could be a canary beside: it would be active`),
    ];
  const ended = canary ? [say('attention', `'${canary.id}' is an open canary, which this deployment would stop`)] : [];
  if (kind !== 'auto-compatible') return ended;
  const moved = outlooks.filter(({ processDefinitionId: id }) => active.some((version) => version.id === id));
  return [
    ...ended,
    ...moved.map(({ processDefinitionId, instances, outcomes }) =>
      say(
        'info',
        `At most ${outcomes.moves} of ${instances} instances of '${processDefinitionId}' would be migrated to version ${planned.version}: those for which the dry run finds nothing that deserves a look`,
      ),
    ),
  ];
}

function problem(
  { key, resource }: PlannedDefinition,
  model: ProcessModel | null,
  elementId: string,
  said: Pick<PlanProblem, 'level' | 'kind' | 'message'>,
): PlanProblem {
  return { ...said, resource, definitionKey: key, elementId, line: model?.elements.get(elementId)?.line ?? null };
}

function toPlan(found: Pick<DeploymentPlan, 'resources' | 'definitions' | 'versions' | 'problems'>): DeploymentPlan {
  const { resources, definitions, versions, problems } = found;
  const count = (level: PlanProblem['level']) => problems.filter((each) => each.level === level).length;
  const resourcesWhere = (test: (each: DeploymentPlan['resources'][number]) => boolean) =>
    resources.filter(test).length;
  const broken = count('broken');
  const attention = count('attention');
  const outcomes = versions.map((version) => version.outcomes);
  const sum = (outcome: keyof (typeof outcomes)[number]) => outcomes.reduce((total, each) => total + each[outcome], 0);
  return {
    verdict: broken > 0 ? 'broken' : attention > 0 ? 'attention' : 'clean',
    counts: {
      problems: { broken, attention, info: count('info') },
      resources: {
        new: resourcesWhere(({ change }) => change === 'new'),
        changed: resourcesWhere(({ change }) => change === 'changed'),
        unchanged: resourcesWhere(({ change }) => change === 'unchanged'),
        reused: resourcesWhere(({ action }) => action === 'reuse'),
      },
      definitions: definitions.length,
      instances: {
        total: versions.reduce((total, { instances }) => total + instances, 0),
        moves: sum('moves'),
        'needs-mapping': sum('needs-mapping'),
        stays: sum('stays'),
        breaks: sum('breaks'),
      },
    },
    resources,
    definitions,
    versions,
    problems,
  };
}
