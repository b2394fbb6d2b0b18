import type { StartInstance } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { toVariables } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { ProcessInstanceDto } from '../process-instance/process-instance.dto.js';
import type { EvaluationConditionDto } from './condition.dto.js';

interface Candidate {
  readonly definitionId: string;
  readonly key: string;
  readonly tenantId: string | null;
  readonly suspended: boolean;
}

const WITH_START_CONDITION = `
SELECT d.id AS "definitionId", d.key, d.tenant_id AS "tenantId", d.suspended
FROM process_definition d JOIN event_subscription e ON e.process_definition_id = d.id
WHERE e.event_type = 'conditional' AND e.process_instance_id IS NULL
  AND ($1::text IS NULL OR d.tenant_id = $1) AND NOT ($2::boolean AND d.tenant_id IS NOT NULL)
GROUP BY d.id ORDER BY min(e.id)`;
const BY_ID =
  'SELECT id AS "definitionId", key, tenant_id AS "tenantId", suspended FROM process_definition WHERE id = $1';

@Injectable()
export class ConditionService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Starts what the conditions say, all or none. @throws RestError (400) when there is no conditional start event at all */
  async evaluate(
    body: EvaluationConditionDto,
    { userId, baseUrl }: { readonly userId: string | null; readonly baseUrl: string },
  ): Promise<ProcessInstanceDto[]> {
    const variables = toVariables(body.variables) ?? {};
    const businessKey = body.businessKey ?? null;
    const candidates = await this.candidates(body);
    const starts: { key: string; command: Omit<StartInstance, 'kind'> }[] = [];
    for (const { definitionId, key, tenantId, suspended } of candidates) {
      if (suspended) continue;
      for (const startElementId of await this.unitOfWork.heldStartConditions(definitionId, variables))
        starts.push({ key, command: { definitionId, businessKey, tenantId, variables, startElementId } });
    }
    const started = await this.unitOfWork.startAll(
      starts.map(({ command }) => command),
      { userId },
    );
    return started.map(({ instanceId, state }, i) => {
      const { key, command } = starts[i]!;
      return {
        links: [{ method: 'GET', href: `${baseUrl}/process-instance/${instanceId}`, rel: 'self' }],
        id: instanceId,
        definitionId: command.definitionId,
        businessKey: state ? state.businessKey : businessKey,
        caseInstanceId: null,
        ended: state === null,
        suspended: false,
        tenantId: command.tenantId,
        definitionKey: key,
      };
    });
  }

  private async candidates({
    processDefinitionId,
    tenantId,
    withoutTenantId,
  }: EvaluationConditionDto): Promise<readonly Candidate[]> {
    if (tenantId && withoutTenantId) throw invalidRequest("Only one of 'tenantId' and 'withoutTenantId' can be given");
    const found = processDefinitionId
      ? await this.database.query<Candidate>(BY_ID, [processDefinitionId])
      : await this.database.query<Candidate>(WITH_START_CONDITION, [tenantId ?? null, withoutTenantId ?? false]);
    if (found.length > 0) return found;
    if (processDefinitionId)
      throw new RestError(400, 'NotFoundException', `There is no process definition '${processDefinitionId}'`, 0);
    throw new RestError(400, 'ProcessEngineException', 'No process starts by a condition', 0);
  }
}
