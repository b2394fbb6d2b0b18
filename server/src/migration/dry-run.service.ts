import { dryRun } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { FetchQueue } from '../external-task/fetch-queue.js';
import { Database } from '../persistence/database.js';
import { loadInstances } from '../persistence/instance-store.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { DryRunGroups } from './dry-run-groups.js';
import type { MigrationDryRunDto, MigrationExecutionDto } from './migration.dto.js';
import { MigrationService } from './migration.service.js';

/** Instances that are in memory at a time. */
const AT_A_TIME = 100;

/** Says what a migration would do. Instances are migrated for real, as copies that are thrown away. */
@Injectable()
export class DryRunService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly migrations: MigrationService,
    private readonly fetches: FetchQueue,
  ) {}

  /** @throws RestError (400) as `execute`, when the plan isn't valid or chooses no instance */
  async run(body: MigrationExecutionDto, userId: string | null): Promise<MigrationDryRunDto> {
    const { command, instanceIds } = await this.migrations.prepare(body);
    const groups = new DryRunGroups();
    for (let first = 0; first < instanceIds.length; first += AT_A_TIME) {
      const ids = instanceIds.slice(first, first + AT_A_TIME);
      const states = await loadInstances(this.database, ids);
      const tried = await this.unitOfWork.tryOut(
        (env) => [...states.values()].map((state) => ({ state, result: dryRun(state, command, env) })),
        userId,
      );
      for (const { state, result } of tried) groups.add(state, result);
      for (const id of ids) if (!states.has(id)) groups.addMissing(id);
    }
    return groups.toDto(await this.withoutWorker(groups.topics));
  }

  /** A worker shows that it's there by waiting for tasks, or by holding some. */
  private async withoutWorker(topics: ReadonlySet<string>): Promise<string[]> {
    if (topics.size === 0) return [];
    const held = await this.database.query<{ topic: string }>(
      'SELECT DISTINCT topic_name AS topic FROM external_task WHERE topic_name = ANY($1) AND lock_expires_at > now()',
      [[...topics]],
    );
    const alive = new Set([...this.fetches.awaitedTopics(), ...held.map(({ topic }) => topic)]);
    return [...topics].filter((topic) => !alive.has(topic));
  }
}
