import { Module } from '@nestjs/common';
import { TaskController } from './task.controller.js';
import { TaskQueries } from './task.query.js';
import { TaskService } from './task.service.js';
import { TaskFormService } from './task-form.service.js';
import { TaskLocalVariableController } from './task-local-variable.controller.js';
import { TaskVariableController } from './task-variable.controller.js';

@Module({
  controllers: [TaskController, TaskVariableController, TaskLocalVariableController],
  providers: [TaskService, TaskQueries, TaskFormService],
})
export class TaskModule {}
