// What our test uses of the package, which has no types of its own.
declare module 'camunda-external-task-client-js' {
  // biome-ignore lint/suspicious/noExplicitAny: variables hold every kind of value
  type Any = any;

  export class Variables {
    get(name: string): Any;
    set(name: string, value: unknown): this;
    setTyped(name: string, typed: { type: string; value: unknown; valueInfo: object }): this;
  }

  export class File {
    constructor(options: { localPath: string });
    load(): Promise<this>;
    readonly content: Buffer;
  }

  export interface Task {
    readonly businessKey: string | null;
    readonly retries: number | null;
    readonly variables: Variables;
  }

  export interface TaskService {
    complete(task: Task, variables?: Variables, localVariables?: Variables): Promise<void>;
    handleFailure(
      task: Task,
      failure: { errorMessage: string; errorDetails: string; retries: number; retryTimeout: number },
    ): Promise<void>;
    handleBpmnError(task: Task, code: string, message?: string, variables?: Variables): Promise<void>;
    extendLock(task: Task, durationMs: number): Promise<void>;
  }

  type Handler = (work: { task: Task; taskService: TaskService }) => Promise<void>;

  export class Client {
    constructor(options: { baseUrl: string; workerId: string; asyncResponseTimeout: number; interval: number });
    subscribe(topic: string, handler: Handler): void;
    subscribe(topic: string, options: { lockDuration: number }, handler: Handler): void;
    stop(): void;
  }
}
