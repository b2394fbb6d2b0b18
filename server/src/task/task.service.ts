import {
  type Command,
  InvalidCommandError,
  NotFoundError,
  type TaskAttributes,
  type TaskOperation,
  type TypedValue,
  type Variables,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { parseDate } from '../http/date.js';
import { invalidRequest, RestError, refused, wrappingFailures } from '../http/rest-error.js';
import { toVariables, toVariableValues, type VariableValueAnswer } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import type { UserTaskEntity } from '../persistence/entities/user-task.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type {
  CompleteTaskDto,
  IdentityLinkDto,
  PatchVariablesDto,
  TaskBpmnErrorDto,
  TaskEscalationDto,
  UpdateTaskDto,
} from './task.dto.js';
import { TaskQueries } from './task.query.js';
import { TaskFormService } from './task-form.service.js';

type Answer = Record<string, VariableValueAnswer> | null;

@Injectable()
export class TaskService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: TaskQueries,
    private readonly forms: TaskFormService,
  ) {}

  /** A task that somebody else has claimed can't be claimed. */
  async claim(id: string, assignee: string | null, userId: string | null): Promise<void> {
    const task = await this.task(id);
    await this.update(task, { assignee }, 'claim', userId).catch((error: unknown) => {
      if (!(error instanceof InvalidCommandError)) throw error;
      throw new RestError(400, 'TaskAlreadyClaimedException', error.message, 0);
    });
  }

  async unclaim(id: string, userId: string | null): Promise<void> {
    await this.update(await this.task(id, 400), { assignee: null }, 'unclaim', userId);
  }

  async assign(id: string, assignee: string | null, userId: string | null): Promise<void> {
    await this.update(await this.task(id, 400), { assignee }, 'assign', userId);
  }

  /** The delegate works on it, then it goes back to its owner: whoever had it before, unless somebody owned it already. */
  async delegate(id: string, assignee: string | null, userId: string | null): Promise<void> {
    const task = await this.task(id);
    const owner = task.owner ?? task.assignee;
    await this.update(task, { assignee, owner, delegationState: 'PENDING' }, 'delegate', userId);
  }

  /** Back to the owner. Variables are set before, in a transaction of their own. */
  async resolve(id: string, body: CompleteTaskDto, userId: string | null): Promise<void> {
    const task = await this.task(id);
    const variables = toVariables(body.variables);
    if (variables) await this.setVariables(task, { set: variables, local: false }, userId);
    await this.update(task, { assignee: task.owner, delegationState: 'RESOLVED' }, 'resolve', userId);
  }

  /** Replaces all that can be changed: what the body doesn't have becomes null, as in Camunda. */
  async replace(id: string, body: UpdateTaskDto, userId: string | null): Promise<void> {
    const task = await this.queries.find(id);
    const set: TaskAttributes = {
      name: body.name ?? null,
      description: body.description ?? null,
      assignee: body.assignee ?? null,
      owner: body.owner ?? null,
      priority: body.priority ?? 0,
      dueDate: body.due ? parseDate(body.due) : null,
      followUpDate: body.followUp ? parseDate(body.followUp) : null,
      delegationState: delegationState(body.delegationState),
    };
    await this.update(task, set, 'update', userId);
  }

  /** @returns the process instance's variables when the body asks for them */
  async complete(id: string, body: CompleteTaskDto, userId: string | null): Promise<Answer> {
    const variables = toVariables(body.variables);
    const known = this.unitOfWork.instanceOf(id);
    const task = known === undefined ? await this.task(id) : { id, processInstanceId: known };
    try {
      return await this.finish(task, variables, body.withVariablesInReturn ?? false, userId);
    } catch (error) {
      if (known !== undefined && error instanceof NotFoundError) await this.task(id); // says what is wrong
      throw error;
    }
  }

  /** Completes the task with what was filled in, read and checked by the fields of its form. */
  async submitForm(id: string, body: CompleteTaskDto, userId: string | null): Promise<Answer> {
    const task = await this.task(id);
    const variables = await this.forms.read(task, toVariables(body.variables) ?? {});
    return this.finish(task, variables, body.withVariablesInReturn ?? false, userId);
  }

  async throwError(id: string, body: TaskBpmnErrorDto, userId: string | null): Promise<void> {
    await this.run(
      await this.task(id),
      {
        kind: 'throwTaskError',
        taskId: id,
        errorCode: body.errorCode,
        errorMessage: body.errorMessage ?? null,
        variables: toVariables(body.variables),
      },
      userId,
    );
  }

  async escalate(id: string, { escalationCode, variables }: TaskEscalationDto, userId: string | null): Promise<void> {
    const command = { kind: 'escalateTask', taskId: id, escalationCode, variables: toVariables(variables) } as const;
    await this.run(await this.task(id), command, userId);
  }

  async addIdentityLink(id: string, link: IdentityLinkDto, userId: string | null): Promise<void> {
    const { type, ...who } = checkLink(link);
    const task = await this.task(id);
    if (type === 'assignee') return this.update(task, { assignee: who.userId }, 'assign', userId);
    if (type === 'owner') return this.update(task, { owner: who.userId }, 'setOwner', userId);
    await this.run(task, { kind: 'addIdentityLink', taskId: id, type, ...who }, userId);
  }

  async removeIdentityLink(id: string, link: IdentityLinkDto, userId: string | null): Promise<void> {
    const { type, ...who } = checkLink(link);
    const task = await this.task(id);
    if (type === 'assignee') return this.update(task, { assignee: null }, 'assign', userId);
    if (type === 'owner') return this.update(task, { owner: null }, 'setOwner', userId);
    await this.run(task, { kind: 'removeIdentityLink', taskId: id, type, ...who }, userId);
  }

  async setVariable(id: string, name: string, value: TypedValue, local: boolean, userId: string | null): Promise<void> {
    await this.setVariables(await this.task(id), { set: { [name]: value }, local }, userId);
  }

  async removeVariable(id: string, name: string, local: boolean, userId: string | null): Promise<void> {
    await this.setVariables(await this.task(id), { remove: [name], local }, userId);
  }

  async patchVariables(id: string, body: PatchVariablesDto, local: boolean, userId: string | null): Promise<void> {
    const set = toVariables(body.modifications);
    const remove = body.deletions ?? undefined;
    await this.setVariables(await this.task(id), { set, remove, local }, userId);
  }

  /** Tasks belong to their process, so none that exists can be deleted; deleting none is no error, as in Camunda. */
  async refuseDeletion(id: string): Promise<void> {
    const found = await this.database.query('SELECT 1 FROM user_task WHERE id = $1', [id]);
    if (found.length === 0) return;
    throw new RestError(
      400,
      'ProcessEngineException',
      `Task ${id} is part of a running process, so it cannot be deleted`,
      0,
    );
  }

  private async finish(
    task: Pick<UserTaskEntity, 'id' | 'processInstanceId'>,
    variables: Variables | undefined,
    answerVariables: boolean,
    userId: string | null,
  ): Promise<Answer> {
    const command: Command = { kind: 'completeTask', taskId: task.id, variables };
    const work = this.unitOfWork.run(task.processInstanceId, command, { userId });
    const result = await wrappingFailures(`Cannot complete task ${task.id}`, work);
    return answerVariables ? toVariableValues(result.variables, { deserialize: false }) : null;
  }

  private async setVariables(
    task: UserTaskEntity,
    change: { set?: Variables; remove?: readonly string[]; local: boolean },
    userId: string | null,
  ): Promise<void> {
    await this.run(task, { kind: 'setTaskVariables', taskId: task.id, ...change }, userId);
  }

  private async update(
    task: UserTaskEntity,
    set: TaskAttributes,
    operation: TaskOperation,
    userId: string | null,
  ): Promise<void> {
    await this.run(task, { kind: 'updateTask', taskId: task.id, set, operation }, userId);
  }

  private async run(task: UserTaskEntity, command: Command, userId: string | null): Promise<void> {
    await this.unitOfWork.run(task.processInstanceId, command, { userId });
  }

  /** @param status of the error when there is none; Camunda has different ones by operation */
  private async task(id: string, status: 400 | 404 = 404): Promise<UserTaskEntity> {
    try {
      return await this.queries.find(id);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const message = `Cannot find task with id ${id}`;
      throw status === 400 ? new RestError(400, 'NotFoundException', message, 0) : refused(message, 404);
    }
  }
}

function delegationState(text: string | null | undefined): 'PENDING' | 'RESOLVED' | null {
  if (text === null || text === undefined || text === '') return null;
  const word = text.toUpperCase();
  if (word === 'PENDING' || word === 'RESOLVED') return word;
  throw invalidRequest(`delegationState must be PENDING or RESOLVED, got '${text}'`);
}

function checkLink({ userId, groupId, type }: IdentityLinkDto) {
  if (!userId && !groupId) throw invalidRequest('An identity link needs a userId or a groupId');
  if (userId && groupId) throw invalidRequest('An identity link has a userId or a groupId, but not both');
  if (!type) throw invalidRequest('An identity link needs a type: assignee, owner, candidate or a word of your own');
  if (groupId && (type === 'assignee' || type === 'owner'))
    throw invalidRequest(`The ${type} of a task is a user, not a group`);
  return { type, userId: userId ?? null, groupId: groupId ?? null };
}
