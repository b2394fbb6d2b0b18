import { type DynamicModule, Global, Module } from '@nestjs/common';
import { BatchHandlers } from './batch/batch-handler.js';
import type { Core } from './core.js';
import { CanaryStarts } from './deployment/canary-starts.js';
import { DefinitionCache } from './deployment/definition-cache.js';
import { DefinitionResources } from './deployment/definition-resources.js';
import { DeploymentService } from './deployment/deployment.service.js';
import { BasicAuth } from './identity/basic-auth.js';
import { JobExecutor } from './job-executor/job-executor.js';
import { MigrationSettings } from './migration/migration-settings.js';
import { CommitEvents } from './persistence/commit-events.js';
import { Database } from './persistence/database.js';
import { UnitOfWork } from './persistence/unit-of-work.js';
import { ServerSettings } from './settings.js';

/** Hands the core's parts to every resource by their class. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's way to make a module from values
export class CoreModule {
  static of(core: Core, auth: BasicAuth | null = null): DynamicModule {
    const providers = [
      { provide: Database, useValue: core.database },
      { provide: CommitEvents, useValue: core.commitEvents },
      { provide: UnitOfWork, useValue: core.unitOfWork },
      { provide: DefinitionCache, useValue: core.definitions },
      { provide: DeploymentService, useValue: core.deployments },
      { provide: CanaryStarts, useValue: core.canaryStarts },
      { provide: JobExecutor, useValue: core.jobExecutor },
      { provide: MigrationSettings, useValue: new MigrationSettings(core.config.migrationUndoDays) },
      { provide: BatchHandlers, useValue: core.batchHandlers },
      { provide: DefinitionResources, useValue: core.resources },
      { provide: ServerSettings, useValue: new ServerSettings(core.config, core.logger) },
      ...(auth ? [{ provide: BasicAuth, useValue: auth }] : []),
    ];
    return { module: CoreModule, providers, exports: providers };
  }
}
