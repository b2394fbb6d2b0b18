import { Injectable } from '@nestjs/common';
import { HistoricProcessInstanceQuery } from '../history/historic-process-instance.dto.js';
import { HistoricProcessInstanceQueries } from '../history/historic-process-instance.query.js';
import { readQueryBody } from '../http/query-input.js';
import { invalidRequest } from '../http/rest-error.js';
import { ProcessInstanceQuery } from '../process-instance/process-instance.dto.js';
import { ProcessInstanceQueries } from '../process-instance/process-instance.query.js';

type QueryBody = Readonly<Record<string, unknown>> | null | undefined;

/** Instances that a request names by ids and by queries. */
@Injectable()
export class ChosenInstances {
  constructor(
    private readonly running: ProcessInstanceQueries,
    private readonly historic: HistoricProcessInstanceQueries,
  ) {}

  /** @throws RestError (400) when there is none, or a null */
  async ids(body: {
    readonly processInstanceIds?: readonly (string | null)[] | null;
    readonly processInstanceQuery?: QueryBody;
    readonly historicProcessInstanceQuery?: QueryBody;
  }): Promise<string[]> {
    const { processInstanceIds, processInstanceQuery, historicProcessInstanceQuery } = body;
    const ids = (processInstanceIds ?? []).map((id) => {
      if (id !== null) return id;
      throw invalidRequest('Process instance ids cannot be null: Process instance ids contains null value');
    });
    if (processInstanceQuery)
      ids.push(...(await this.running.ids(readQueryBody(ProcessInstanceQuery, processInstanceQuery))));
    if (historicProcessInstanceQuery) {
      const query = readQueryBody(HistoricProcessInstanceQuery, historicProcessInstanceQuery);
      ids.push(...(await this.historic.ids(query)));
    }
    if (ids.length === 0) throw invalidRequest('Process instance ids cannot be empty: Process instance ids is empty');
    return [...new Set(ids)];
  }
}
