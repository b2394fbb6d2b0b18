import { type Static, Type } from '@sinclair/typebox';
import { DateText, Dto, Maybe, Nullable } from '../http/schema.js';

const Version = Nullable(Type.String({ description: 'What it announces; null when it announces none' }));

const Topic = Dto('WorkerTopicDto', {
  name: Type.String({ minLength: 1 }),
  concurrency: Type.Integer({ minimum: 1, description: 'How many of its tasks it works on at once' }),
  lockDurationMs: Type.Optional(Type.Integer({ minimum: 1, description: 'How long it wants tasks to be locked' })),
});

export const WorkerHeartbeatDto = Dto('WorkerHeartbeatDto', {
  workerId: Type.String({ minLength: 1, maxLength: 500 }),
  version: Maybe(Type.String({ minLength: 1, maxLength: 100 })),
  build: Maybe(Type.String({ maxLength: 200 })),
  transport: Maybe(Type.Literal('rest', { description: 'Workers over BullMQ announce themselves in Redis' })),
  topics: Type.Array(Topic, { maxItems: 1000 }),
  startedAt: DateText(),
});
export type WorkerHeartbeatDto = Static<typeof WorkerHeartbeatDto>;

export const WorkerDto = Dto('WorkerDto', {
  id: Type.String(),
  version: Version,
  build: Nullable(Type.String()),
  transport: Type.Union([Type.Literal('rest'), Type.Literal('bullmq')]),
  state: Type.Union([Type.Literal('live'), Type.Literal('gone')]),
  isAnnounced: Type.Boolean({ description: 'False: an older client, known by its fetches only' }),
  topics: Type.Array(Topic),
  startedAt: DateText(),
  seenAt: DateText(),
  tasksHeld: Nullable(
    Type.Integer({
      description: 'Tasks that it has locked now; null over BullMQ, where tasks are locked for the queue',
    }),
  ),
});
export type WorkerDto = Static<typeof WorkerDto>;

const State = Type.Union([Type.Literal('active'), Type.Literal('draining'), Type.Literal('drained')], {
  description:
    'active: it may get tasks of instances that are started now; draining: only of instances of older versions; ' +
    'drained: of none',
});

export const WorkerVersionDto = Dto('WorkerVersionDto', {
  version: Version,
  state: State,
  liveWorkers: Type.Integer(),
  topics: Type.Array(Type.String()),
  safeToStop: Type.Boolean(),
});
export type WorkerVersionDto = Static<typeof WorkerVersionDto>;

const NeedDto = Dto('WorkerVersionNeedDto', {
  processDefinitionId: Type.String(),
  processDefinitionKey: Type.String(),
  processDefinitionVersion: Type.Integer(),
  activityId: Nullable(Type.String({ description: 'Of this process or one that it calls; null when nobody can know' })),
  calledProcessDefinitionId: Nullable(Type.String({ description: 'The called process that has the activity' })),
  topicName: Nullable(Type.String({ description: 'Null when an expression gives it' })),
  instances: Type.Integer({ description: 'That are there or may still come there' }),
  waiting: Type.Integer({ description: 'Of them those that are there now' }),
  newInstances: Type.Boolean({ description: 'Instances that are started now may come there' }),
});
export type WorkerVersionNeedDto = Static<typeof NeedDto>;

export const RetirementDto = Dto('WorkerVersionRetirementDto', {
  version: Version,
  state: State,
  safeToStop: Type.Boolean(),
  sentence: Type.String(),
  liveWorkers: Type.Array(Type.String()),
  topics: Type.Array(Type.String()),
  stillNeeded: Type.Array(NeedDto, { description: 'What nobody else would do' }),
});
export type RetirementDto = Static<typeof RetirementDto>;

export const WorkerVersionPinsDto = Type.Record(Type.String(), Type.String(), {
  $id: 'WorkerVersionPinsDto',
  description: 'Version ranges by topic, as npm writes them: `{"credit-check": ">=2 <3"}`',
});
