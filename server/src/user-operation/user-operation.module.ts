import { Module } from '@nestjs/common';
import { UserOperationController } from './user-operation.controller.js';
import { UserOperations } from './user-operation.query.js';

@Module({ controllers: [UserOperationController], providers: [UserOperations] })
export class UserOperationModule {}
