import { Injectable } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { ExternalTaskQuery } from '../external-task/external-task.dto.js';
import { ExternalTaskQueries } from '../external-task/external-task.query.js';
import { HistoricProcessInstanceQuery } from '../history/historic-process-instance.dto.js';
import { HistoricProcessInstanceQueries } from '../history/historic-process-instance.query.js';
import { bodySchema, readQueryBody } from '../http/query-input.js';
import { invalidRequest } from '../http/rest-error.js';
import { Maybe, Nullable } from '../http/schema.js';
import { JobQuery } from '../job/job.dto.js';
import { JobQueries } from '../job/job.query.js';
import { Database } from '../persistence/database.js';
import { ProcessInstanceQuery } from '../process-instance/process-instance.dto.js';
import { ProcessInstanceQueries } from '../process-instance/process-instance.query.js';

type QueryBody = Readonly<Record<string, unknown>> | null;
type Ids = readonly (string | null)[] | null;

const IdList = Maybe(Type.Array(Nullable(Type.String())));

/** The members by which a body chooses instances, by ids and by queries; what they find is taken together. */
export const INSTANCE_QUERIES = {
  processInstanceQuery: Maybe(bodySchema(ProcessInstanceQuery)),
  historicProcessInstanceQuery: Maybe(bodySchema(HistoricProcessInstanceQuery)),
};
export const INSTANCES = { processInstanceIds: IdList, ...INSTANCE_QUERIES };
export const HISTORIC_INSTANCES = {
  historicProcessInstanceIds: IdList,
  historicProcessInstanceQuery: Maybe(bodySchema(HistoricProcessInstanceQuery)),
};
export const JOBS = { jobIds: IdList, jobQuery: Maybe(bodySchema(JobQuery)) };
export const EXTERNAL_TASKS = { externalTaskIds: IdList, externalTaskQuery: Maybe(bodySchema(ExternalTaskQuery)) };

export interface InstanceSelection {
  processInstanceIds?: Ids | undefined;
  processInstanceQuery?: QueryBody | undefined;
  historicProcessInstanceQuery?: QueryBody | undefined;
}

/** What a bulk operation is about. All methods refuse to choose nothing, or null: RestError (400). */
@Injectable()
export class Selection {
  constructor(
    private readonly database: Database,
    private readonly instanceQueries: ProcessInstanceQueries,
    private readonly historicQueries: HistoricProcessInstanceQueries,
    private readonly jobQueries: JobQueries,
    private readonly taskQueries: ExternalTaskQueries,
  ) {}

  async instances(body: InstanceSelection): Promise<string[]> {
    return some('processInstanceIds', await this.instancesOf(body));
  }

  async historicInstances(body: {
    historicProcessInstanceIds?: Ids | undefined;
    historicProcessInstanceQuery?: QueryBody | undefined;
  }): Promise<string[]> {
    const ids = given('historicProcessInstanceIds', body.historicProcessInstanceIds);
    return some('historicProcessInstanceIds', [...ids, ...(await this.historic(body.historicProcessInstanceQuery))]);
  }

  async jobs(body: { jobIds?: Ids | undefined; jobQuery?: QueryBody | undefined }): Promise<string[]> {
    const { jobQuery } = body;
    const found = jobQuery ? await this.jobQueries.ids(readQueryBody(JobQuery, jobQuery)) : [];
    return some('jobIds', [...given('jobIds', body.jobIds), ...found]);
  }

  async jobsOfInstances(body: InstanceSelection): Promise<string[]> {
    const instances = await this.instances(body);
    const jobs = await this.database.query<{ id: string }>(
      'SELECT id FROM job WHERE process_instance_id = ANY($1) ORDER BY id',
      [instances],
    );
    return some(
      'jobIds',
      jobs.map(({ id }) => id),
    );
  }

  /** External tasks themselves, and all of the chosen instances. */
  async externalTasks(
    body: InstanceSelection & { externalTaskIds?: Ids | undefined; externalTaskQuery?: QueryBody | undefined },
  ): Promise<string[]> {
    const { externalTaskQuery: query } = body;
    const found = query ? await this.taskQueries.ids(readQueryBody(ExternalTaskQuery, query)) : [];
    const ofInstances = await this.database.query<{ id: string }>(
      'SELECT id FROM external_task WHERE process_instance_id = ANY($1) ORDER BY id',
      [await this.instancesOf(body)],
    );
    const ids = given('externalTaskIds', body.externalTaskIds);
    return some('externalTaskIds', [...ids, ...found, ...ofInstances.map(({ id }) => id)]);
  }

  private async instancesOf(body: InstanceSelection): Promise<string[]> {
    const { processInstanceQuery: query } = body;
    const found = query ? await this.instanceQueries.ids(readQueryBody(ProcessInstanceQuery, query)) : [];
    const ids = given('processInstanceIds', body.processInstanceIds);
    return [...ids, ...found, ...(await this.historic(body.historicProcessInstanceQuery))];
  }

  private async historic(query: QueryBody | undefined): Promise<string[]> {
    return query ? this.historicQueries.ids(readQueryBody(HistoricProcessInstanceQuery, query)) : [];
  }
}

function given(name: string, ids: Ids | undefined): string[] {
  return (ids ?? []).map((id) => {
    if (id === null) throw invalidRequest(`${name} contains null`);
    return id;
  });
}

function some(name: string, ids: readonly string[]): string[] {
  if (ids.length === 0) throw invalidRequest(`${name} is empty: nothing was chosen by ids or by a query`);
  return [...new Set(ids)];
}
