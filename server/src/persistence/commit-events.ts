import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** A job that was committed or became executable. */
export interface JobHint {
  readonly id: string;
  /** Null when it can run at once. */
  readonly dueDate: Date | null;
}

interface Listeners {
  /** Topics of external tasks that were created or released. */
  externalTasks: (topics: ReadonlySet<string>) => void;
  /** Jobs were created or changed; the earliest is due then. None is named when another server has committed them. */
  jobs: (earliestDue: Date, jobs: readonly JobHint[]) => void;
  /** Instances of these definitions have got incidents. Only this server's commits are told. */
  incidents: (definitionIds: ReadonlySet<string>) => void;
  /** Tasks were pinned to versions of workers, or are no more. Only this server's commits are told. */
  versionPins: () => void;
}

/**
 * Tells this process, after each commit, what there is to do now; another server's commits are told a moment later
 * (`cluster/`). Only a hint: some get lost, so listeners also look by themselves from time to time.
 */
@Injectable()
export class CommitEvents {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  /** @returns a function that ends the subscription */
  on<E extends keyof Listeners>(event: E, listener: Listeners[E]): () => void {
    this.emitter.on(event, listener);
    return () => this.emitter.off(event, listener);
  }

  emitExternalTasks(topics: ReadonlySet<string>): void {
    if (topics.size > 0) this.emitter.emit('externalTasks', topics);
  }

  emitJobs(jobs: readonly JobHint[], now: Date): void {
    if (jobs.length === 0) return;
    const earliest = Math.min(...jobs.map(({ dueDate }) => (dueDate ?? now).getTime()));
    this.emitter.emit('jobs', new Date(earliest), jobs);
  }

  emitIncidents(definitionIds: ReadonlySet<string>): void {
    if (definitionIds.size > 0) this.emitter.emit('incidents', definitionIds);
  }

  emitVersionPins(): void {
    this.emitter.emit('versionPins');
  }

  /** Jobs that another server has committed. */
  emitJobsElsewhere(earliestDue: Date): void {
    this.emitter.emit('jobs', earliestDue, []);
  }
}
