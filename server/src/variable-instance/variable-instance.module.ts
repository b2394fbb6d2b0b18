import { Module } from '@nestjs/common';
import { VariableInstanceController } from './variable-instance.controller.js';
import { VariableInstanceQueries } from './variable-instance.query.js';

@Module({ controllers: [VariableInstanceController], providers: [VariableInstanceQueries] })
export class VariableInstanceModule {}
