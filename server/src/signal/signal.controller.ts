import { Body, UserId } from '../http/parameters.js';
import { Resource, Route } from '../http/route.js';
import { SignalDto } from './signal.dto.js';
import { SignalService } from './signal.service.js';

@Resource('signal', 'Signal')
export class SignalController {
  constructor(private readonly signals: SignalService) {}

  @Route({
    method: 'POST',
    operationId: 'throwSignal',
    summary: 'Throw a signal to everything that waits for it or starts by it, or to one execution',
  })
  throwSignal(@Body(SignalDto) body: SignalDto, @UserId() userId: string | null): Promise<void> {
    return this.signals.throwSignal(body, userId);
  }
}
