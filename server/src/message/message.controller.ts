import { Type } from '@sinclair/typebox';
import { AnswerStatus, type SetStatus } from '../http/file-answer.js';
import { Body, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import { CorrelationMessageDto, MessageCorrelationResultDto } from './message.dto.js';
import { MessageService } from './message.service.js';

@Resource('message', 'Message')
export class MessageController {
  constructor(private readonly messages: MessageService) {}

  @Route({
    method: 'POST',
    operationId: 'deliverMessage',
    summary: 'Deliver a message to what waits for it; 204 unless the result is asked for',
    response: Type.Array(MessageCorrelationResultDto),
  })
  async correlate(
    @Body(CorrelationMessageDto) body: CorrelationMessageDto,
    @UserId() userId: string | null,
    @AnswerStatus() setStatus: SetStatus,
  ): Promise<MessageCorrelationResultDto[] | undefined> {
    const results = await this.messages.correlate(body, userId);
    if (body.resultEnabled) return results;
    setStatus(204);
    return undefined;
  }
}
