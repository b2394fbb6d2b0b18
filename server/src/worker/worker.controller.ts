import { Type } from '@sinclair/typebox';
import { Body, Path } from '../http/parameters.js';
import { noSuchResource } from '../http/rest-error.js';
import { ApiResource, Route } from '../http/route.js';
import { RestWorkers } from './rest-workers.js';
import { RetirementService } from './retirement.service.js';
import { checkPins, type VersionPins } from './version-range.js';
import { RetirementDto, WorkerDto, WorkerHeartbeatDto, WorkerVersionDto, WorkerVersionPinsDto } from './worker.dto.js';
import { WorkerQueries } from './worker.query.js';
import { WorkerVersionPins } from './worker-version-pins.js';

@ApiResource('workers', 'Worker')
export class WorkerController {
  constructor(
    private readonly workers: RestWorkers,
    private readonly queries: WorkerQueries,
  ) {}

  @Route({
    method: 'GET',
    operationId: 'getWorkers',
    summary: 'The workers that are connected, and those that were',
    response: Type.Array(WorkerDto),
  })
  list(): Promise<WorkerDto[]> {
    return this.queries.list();
  }

  @Route({
    method: 'POST',
    path: 'heartbeat',
    operationId: 'announceWorker',
    summary: 'A worker over REST says that it is there, every 10 seconds',
  })
  async heartbeat(@Body(WorkerHeartbeatDto) body: WorkerHeartbeatDto): Promise<void> {
    await this.workers.announce({
      workerId: body.workerId,
      version: body.version ?? null,
      build: body.build ?? null,
      topics: Object.fromEntries(body.topics.map(({ name, ...topic }) => [name, topic])),
      startedAt: new Date(body.startedAt),
    });
  }

  @Route({ method: 'DELETE', path: ':id', operationId: 'dismissWorker', summary: 'A worker says that it stops' })
  async goodbye(@Path('id') id: string): Promise<void> {
    if (!(await this.workers.sayGoodbye(id))) throw noSuchResource(`There is no worker with id '${id}'`);
  }
}

@ApiResource('worker-versions', 'Worker')
export class WorkerVersionController {
  constructor(private readonly retirement: RetirementService) {}

  @Route({
    method: 'GET',
    operationId: 'getWorkerVersions',
    summary: 'The versions of workers, and what becomes of them',
    response: Type.Array(WorkerVersionDto),
  })
  list(): Promise<WorkerVersionDto[]> {
    return this.retirement.versions();
  }

  @Route({
    method: 'GET',
    path: ':version/retirement',
    operationId: 'getWorkerVersionRetirement',
    summary: 'Whether all workers of a version may be stopped; `unknown` for those that announce none',
    response: RetirementDto,
  })
  retire(@Path('version') version: string): Promise<RetirementDto> {
    return this.retirement.of(version, null);
  }

  @Route({
    method: 'GET',
    path: ':version/topics/:topic/retirement',
    operationId: 'getWorkerVersionTopicRetirement',
    summary: 'Whether the workers of a version may stop to serve a topic',
    response: RetirementDto,
  })
  retireTopic(@Path('version') version: string, @Path('topic') topic: string): Promise<RetirementDto> {
    return this.retirement.of(version, topic);
  }
}

@ApiResource('deployment/:id/worker-versions', 'Worker')
export class WorkerVersionPinsController {
  constructor(private readonly pins: WorkerVersionPins) {}

  @Route({
    method: 'GET',
    operationId: 'getDeploymentWorkerVersions',
    summary: 'Which versions of workers the tasks of a deployment are for',
    response: WorkerVersionPinsDto,
  })
  get(@Path('id') id: string): Promise<VersionPins> {
    return this.pins.of(id);
  }

  @Route({
    method: 'PUT',
    operationId: 'setDeploymentWorkerVersions',
    summary: 'Pin topics of a deployment to versions of workers, instead of the pins before',
  })
  set(@Path('id') id: string, @Body(WorkerVersionPinsDto) body: VersionPins): Promise<void> {
    return this.pins.set(id, checkPins(body));
  }
}
