import { Injectable } from '@nestjs/common';

/** Whether load balancers should send requests here. */
@Injectable()
export class Readiness {
  private stopping = false;

  get isStopping(): boolean {
    return this.stopping;
  }

  /** Requests are still answered, but the next ones should go elsewhere. */
  beginStop(): void {
    this.stopping = true;
  }
}
