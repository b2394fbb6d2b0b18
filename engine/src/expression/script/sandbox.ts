import { type CellLimits, ScriptCell } from './script-cell.js';

/** What one script may use. */
export interface SandboxLimits extends CellLimits {
  /** Of everything the script holds. */
  readonly memoryBytes: number;
  readonly stackBytes: number;
  /**
   * How often QuickJS may ask whether to go on: it asks about every 10,000 steps, so that 10,000 times take about a
   * second. A count, because the engine has no clock.
   */
  readonly interrupts: number;
  /** With a clock: begins to measure and returns whether the time is up. */
  readonly startDeadline?: () => () => boolean;
}

export class TimeLimitError extends Error {}
/** The sandbox itself broke; the script's engine is replaced before the next one runs. */
export class BrokenSandboxError extends Error {}

/** How much more a script whose time is up may do while its error is read. */
const GRACE = 200;

/**
 * Runs scripts in QuickJS, each from the same memory, so that nothing can leak from one into another. Two WASM
 * instances are kept: should a script break one, the other takes its place while a third is made.
 */
export class Sandbox {
  private spare: ScriptCell | null = null;

  private constructor(
    private current: ScriptCell | null,
    readonly limits: SandboxLimits,
  ) {}

  static async create(limits: SandboxLimits): Promise<Sandbox> {
    const sandbox = new Sandbox(await ScriptCell.create(limits), limits);
    sandbox.spare = await ScriptCell.create(limits);
    return sandbox;
  }

  /**
   * Hands a cell as good as new to `use`. What `use` takes out of it has no meaning afterwards.
   * @throws TimeLimitError, BrokenSandboxError, and what `use` throws
   */
  run<T>(use: (cell: ScriptCell) => T): T {
    const cell = this.current;
    if (!cell) throw new BrokenSandboxError('No script can run until the script engine has been replaced');
    const watch = new Watch(this.limits);
    cell.isOver = () => watch.isOver();
    try {
      const result = use(cell);
      cell.reset();
      return result;
    } catch (error) {
      if (isFatal(error)) {
        this.replace();
        throw new BrokenSandboxError(`The script broke its engine: ${messageOf(error)}`, { cause: error });
      }
      cell.reset();
      throw watch.wasOver ? new TimeLimitError('The script took too long') : error;
    }
  }

  private replace(): void {
    this.current = this.spare;
    this.spare = null;
    ScriptCell.create(this.limits).then(
      (cell) => {
        if (this.current) this.spare = cell;
        else this.current = cell;
      },
      () => {
        // No memory for another instance: scripts go on in the one that is left, or fail by name.
      },
    );
  }
}

class Watch {
  private asked = 0;
  private readonly isTimeUp: (() => boolean) | undefined;
  wasOver = false;

  constructor(private readonly limits: SandboxLimits) {
    this.isTimeUp = limits.startDeadline?.();
  }

  isOver(): boolean {
    this.asked++;
    if (this.wasOver) return this.asked > GRACE;
    if (this.asked <= this.limits.interrupts && this.isTimeUp?.() !== true) return false;
    this.wasOver = true;
    this.asked = 0;
    return true;
  }
}

/** Errors of WASM and its glue code, after which the instance's memory can't be relied on. */
function isFatal(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.constructor.name === 'RuntimeError');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
