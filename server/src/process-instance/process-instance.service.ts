import { NotFoundError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { HistoricProcessInstanceQuery } from '../history/historic-process-instance.dto.js';
import { HistoricProcessInstanceQueries } from '../history/historic-process-instance.query.js';
import { type BulkPreviewDto, preview } from '../http/bulk-preview.js';
import type { QueryInput } from '../http/query-input.js';
import { readQueryBody } from '../http/query-input.js';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import {
  type InstanceDeletionParameters,
  type InstancesSuspensionDto,
  ProcessInstanceQuery,
} from './process-instance.dto.js';
import { ProcessInstanceQueries } from './process-instance.query.js';

const AT_ONCE = 20;

@Injectable()
export class ProcessInstanceService {
  constructor(
    private readonly queries: ProcessInstanceQueries,
    private readonly historicQueries: HistoricProcessInstanceQueries,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws RestError (404) unless `failIfNotExists` is false */
  async delete(id: string, parameters: InstanceDeletionParameters, userId: string | null): Promise<void> {
    if (parameters.skipSubprocesses)
      throw invalidRequest(
        "Called instances are always deleted with their callers; 'skipSubprocesses' is not supported",
      );
    const command = {
      kind: 'deleteInstance',
      reason: null,
      skipCustomListeners: parameters.skipCustomListeners ?? false,
      skipIoMappings: parameters.skipIoMappings ?? false,
    } as const;
    const existed = await this.attempt(() => this.unitOfWork.run(id, command, { userId }));
    if (!existed && parameters.failIfNotExists !== false)
      throw new RestError(404, 'InvalidRequestException', `No process instance found for id '${id}'`, 0);
  }

  /** As in Camunda, an unknown instance is nothing to suspend and no error. */
  async suspend(id: string, suspended: boolean, userId: string | null): Promise<void> {
    await this.attempt(() => this.unitOfWork.run(id, { kind: 'setSuspended', suspended }, { userId }));
  }

  /** @returns with `dryRun` what it would touch, and nothing happens */
  async suspendSome(
    body: InstancesSuspensionDto,
    userId: string | null,
    dryRun: boolean,
  ): Promise<BulkPreviewDto | null> {
    const ids = await this.selected(body);
    if (dryRun) return preview('instance-update-suspension-state', ids);
    for (let i = 0; i < ids.length; i += AT_ONCE)
      await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => this.suspend(id, body.suspended ?? false, userId)));
    return null;
  }

  private async selected(body: InstancesSuspensionDto): Promise<string[]> {
    const { processInstanceIds, processInstanceQuery, processDefinitionId, processDefinitionKey } = body;
    const historicQuery = body.historicProcessInstanceQuery;
    const byInstances = Boolean(processInstanceIds || processInstanceQuery || historicQuery);
    const byDefinition = Boolean(processDefinitionId || processDefinitionKey);
    if (byInstances && byDefinition)
      throw invalidRequest('Instances can be chosen either by their definition or by ids and queries, not by both');
    if (!byInstances && !byDefinition)
      throw invalidRequest(
        'One of processDefinitionId, processDefinitionKey, processInstanceIds, processInstanceQuery and historicProcessInstanceQuery must be given',
      );
    if (byInstances) {
      const found = processInstanceQuery
        ? await this.queries.ids(readQueryBody(ProcessInstanceQuery, processInstanceQuery))
        : [];
      const past = historicQuery
        ? await this.historicQueries.ids(readQueryBody(HistoricProcessInstanceQuery, historicQuery))
        : [];
      return [...new Set([...(processInstanceIds ?? []), ...found, ...past])];
    }
    if (processDefinitionId && processDefinitionKey)
      throw invalidRequest('Only one of processDefinitionId and processDefinitionKey can be given');
    const filters: QueryInput<ProcessInstanceQuery>['filters'] = {
      ...(processDefinitionId ? { processDefinitionId } : { processDefinitionKey: processDefinitionKey ?? '' }),
      ...(body.processDefinitionTenantId && { tenantIdIn: [body.processDefinitionTenantId] }),
      ...(body.processDefinitionWithoutTenantId && { withoutTenantId: true }),
    };
    return this.queries.ids({ filters, orQueries: [], sorting: [], firstResult: 0, maxResults: null });
  }

  /** Whether the instance was there. */
  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }
}
