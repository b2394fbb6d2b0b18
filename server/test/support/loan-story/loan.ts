import { expect } from 'vitest';
import type { RestServer } from '../rest-server.js';

type Variables = Readonly<Record<string, unknown>>;

const LOCK_MS = 3_600_000;

/** One application for a loan, moved on by what people, workers and time would do, over REST. */
export class Loan {
  constructor(
    private readonly server: RestServer,
    readonly id: string,
    readonly businessKey: string,
  ) {}

  /** A worker locks the tasks at the activity (or activities, with commas), here or in a called process, and does them. */
  async work(activityId: string, variables: Variables = {}): Promise<void> {
    for (const task of await this.lock(activityId))
      await this.accepted(`/external-task/${task}/complete`, {
        workerId: this.workerId,
        variables: typed(variables),
      });
  }

  /** @returns the ids of the tasks, which a worker holds from now on */
  async lock(activityId: string): Promise<string[]> {
    const tasks = await this.externalTasks(activityId);
    expect(tasks, `external tasks at ${activityId}`).not.toEqual([]);
    for (const task of tasks)
      await this.accepted(
        `/external-task/${task}/lock`,
        { workerId: this.workerId, lockDuration: LOCK_MS },
        { 'x-worker-version': '2.0.0' },
      );
    return tasks;
  }

  /** The worker gives up: an incident. */
  async giveUp(activityId: string): Promise<void> {
    for (const task of await this.lock(activityId))
      await this.accepted(`/external-task/${task}/failure`, {
        workerId: this.workerId,
        errorMessage: 'the bank is closed',
        retries: 0,
        retryTimeout: 0,
      });
  }

  async refuse(activityId: string, errorCode: string): Promise<void> {
    for (const task of await this.lock(activityId))
      await this.accepted(`/external-task/${task}/bpmnError`, { workerId: this.workerId, errorCode });
  }

  /** Somebody completes the user task. */
  async decide(taskDefinitionKey: string, variables: Variables = {}): Promise<void> {
    const { body } = await this.server.get(`/task?processInstanceId=${this.id}&taskDefinitionKey=${taskDefinitionKey}`);
    expect(body, `tasks at ${taskDefinitionKey}`).toHaveLength(1);
    await this.accepted(`/task/${body[0].id}/complete`, { variables: typed(variables) });
  }

  /** The activity's job runs: a timer fires, or an asynchronous step is done. */
  async run(activityId: string): Promise<void> {
    const { body } = await this.server.get(`/job?processInstanceId=${this.id}&activityId=${activityId}`);
    expect(body, `jobs at ${activityId}`).toHaveLength(1);
    await this.accepted(`/job/${body[0].id}/execute`);
  }

  async tell(messageName: string, variables: Variables = {}): Promise<void> {
    await this.accepted('/message', {
      messageName,
      businessKey: this.businessKey,
      processVariables: typed(variables),
    });
  }

  private get workerId(): string {
    return `worker-of-${this.businessKey}`;
  }

  private async externalTasks(activityId: string): Promise<string[]> {
    const { body: children } = await this.server.get(`/process-instance?superProcessInstance=${this.id}`);
    const ids: string[] = [this.id, ...children.map(({ id }: { id: string }) => id)];
    const { body } = await this.server.get(`/external-task?processInstanceIdIn=${ids}&activityIdIn=${activityId}`);
    return body.map(({ id }: { id: string }) => id);
  }

  private async accepted(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<void> {
    const answer = await fetch(this.server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`Expected ${path} to be accepted, but: ${await answer.text()}`);
  }
}

function typed(variables: Variables) {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }]));
}
