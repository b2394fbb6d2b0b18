import { dryRun } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { TopicWorkers } from '../external-task/topic-workers.js';
import { Database } from '../persistence/database.js';
import { loadInstances } from '../persistence/instance-store.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { WorkerVersionPins } from '../worker/worker-version-pins.js';
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
    private readonly workers: TopicWorkers,
    private readonly pins: WorkerVersionPins,
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
    const served = await this.workers.served();
    const pins = await this.pins.ofDefinition(command.plan.targetDefinitionId);
    return groups.toDto([...groups.topics].filter((topic) => !served.has(topic, pins[topic])));
  }
}
