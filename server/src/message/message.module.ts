import { Module } from '@nestjs/common';
import { MessageController } from './message.controller.js';
import { MessageService } from './message.service.js';
import { ReceiversQueries } from './receivers.query.js';

@Module({ controllers: [MessageController], providers: [MessageService, ReceiversQueries] })
export class MessageModule {}
