import type { InstanceState, VariableState } from '@millrace/engine';

interface Entry {
  readonly state: InstanceState;
  readonly bytes: number;
}

/** Roughly what an activity instance and a variable take in memory beside their texts. */
const NODE_BYTES = 600;
const VARIABLE_BYTES = 200;

/** Keeps the states that were used last, as many as fit. */
export class StateCache {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  /** @param capacity in bytes, as estimated */
  constructor(private readonly capacity: number) {}

  get(id: string): InstanceState | undefined {
    const entry = this.entries.get(id);
    if (!entry) return undefined;
    this.entries.delete(id);
    this.entries.set(id, entry);
    return entry.state;
  }

  set(id: string, state: InstanceState): void {
    this.delete(id);
    const bytes = sizeOf(state);
    this.entries.set(id, { state, bytes });
    this.bytes += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.capacity) return;
      this.delete(oldest);
    }
  }

  delete(id: string): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    this.bytes -= entry.bytes;
  }

  clear(): void {
    this.entries.clear();
    this.bytes = 0;
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
