import { Injectable } from '@nestjs/common';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { toVariables } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { SignalDto } from './signal.dto.js';

@Injectable()
export class SignalService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Nobody needs to hear it, unless it's for one execution. @throws RestError (400) */
  async throwSignal(body: SignalDto, userId: string | null): Promise<void> {
    const { name, executionId, tenantId, withoutTenantId } = body;
    if (!name) throw invalidRequest("A signal needs its name ('name')");
    const variables = toVariables(body.variables) ?? {};
    if (executionId) {
      if (tenantId || withoutTenantId)
        throw new RestError(400, 'BadUserRequestException', 'A signal for one execution cannot name a tenant', 0);
      return this.toExecution(executionId, name, variables, userId);
    }
    const tenantIds = withoutTenantId ? [null] : tenantId ? [tenantId] : undefined;
    await this.unitOfWork.throwSignal({ name, variables, ...(tenantIds && { tenantIds }) }, { userId });
  }

  private async toExecution(
    executionId: string,
    name: string,
    variables: NonNullable<ReturnType<typeof toVariables>>,
    userId: string | null,
  ): Promise<void> {
    const [subscription] = await this.database.query<{ id: string; instanceId: string }>(
      `SELECT id, process_instance_id AS "instanceId" FROM event_subscription
       WHERE event_type = 'signal' AND event_name = $1 AND activity_instance_id = $2 ORDER BY id LIMIT 1`,
      [name, executionId],
    );
    if (!subscription)
      throw new RestError(400, 'NotFoundException', `Execution '${executionId}' does not wait for signal '${name}'`, 0);
    const command = { kind: 'deliverSignal', subscriptionId: subscription.id, variables } as const;
    await this.unitOfWork.run(subscription.instanceId, command, { userId });
  }
}
