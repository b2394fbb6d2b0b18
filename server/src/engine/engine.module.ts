import { Module } from '@nestjs/common';
import { EngineController } from './engine.controller.js';

@Module({ controllers: [EngineController] })
export class EngineModule {}
