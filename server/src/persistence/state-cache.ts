import type { InstanceState, VariableState } from '@millrace/engine';

/** Roughly what an activity instance and a variable take in memory beside their texts. */
const NODE_BYTES = 600;
const VARIABLE_BYTES = 200;

interface Entry {
  readonly state: InstanceState;
  readonly bytes: number;
}

/** Keeps the states that were used lately, as many as fit. In two generations, as `LruMap` does. */
export class StateCache {
  private young = new Map<string, Entry>();
  private youngBytes = 0;
  private old = new Map<string, Entry>();

  /** @param capacity in bytes, as estimated; a single larger state is kept until the next one comes */
  constructor(private readonly capacity: number) {}

  get(id: string): InstanceState | undefined {
    const young = this.young.get(id);
    if (young) return young.state;
    const old = this.old.get(id);
    if (old) this.put(id, old);
    return old?.state;
  }

  set(id: string, state: InstanceState): void {
    this.put(id, { state, bytes: sizeOf(state) });
  }

  delete(id: string): void {
    this.youngBytes -= this.young.get(id)?.bytes ?? 0;
    this.young.delete(id);
    this.old.delete(id);
  }

  clear(): void {
    this.young.clear();
    this.youngBytes = 0;
    this.old.clear();
  }

  private put(id: string, entry: Entry): void {
    this.delete(id);
    this.young.set(id, entry);
    this.youngBytes += entry.bytes;
    if (this.youngBytes * 2 < this.capacity) return;
    this.old = this.young;
    this.young = new Map();
    this.youngBytes = 0;
  }
}

function sizeOf({ nodes }: InstanceState): number {
  let bytes = 0;
  for (const { variables, task } of nodes.values()) {
    bytes += NODE_BYTES + sizeOfAll(variables);
    if (task) bytes += sizeOfAll(task.variables);
  }
  return bytes;
}

function sizeOfAll(variables: Readonly<Record<string, VariableState>>): number {
  let bytes = 0;
  for (const name in variables) {
    const value = variables[name]?.value;
    bytes += VARIABLE_BYTES + (typeof value === 'string' ? 2 * value.length : 0);
  }
  return bytes;
}
