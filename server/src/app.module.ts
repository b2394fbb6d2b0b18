import { type DynamicModule, Module } from '@nestjs/common';
import type { Core } from './core.js';
import { CoreModule } from './core.module.js';
import { HealthController } from './health/health.controller.js';

/** Every REST resource of the server. */
@Module({})
export class AppModule {
  static of(core: Core): DynamicModule {
    return { module: AppModule, imports: [CoreModule.of(core), ...RESOURCES], controllers: [HealthController] };
  }
}

const RESOURCES: readonly (new () => object)[] = [];
