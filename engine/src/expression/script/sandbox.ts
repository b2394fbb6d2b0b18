import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSWASMModule,
  RELEASE_SYNC,
} from 'quickjs-emscripten';

/** What one script may use. */
export interface SandboxLimits {
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

const PAGE = 65_536;
const INITIAL_PAGES = 256;
/** Beside what a script may hold, the engine needs room for itself and for freeing. */
const RESERVED_PAGES = 256;

/** How much more a script whose time is up may do while its error is read. */
const GRACE = 200;

// WebAssembly is there in every host, but not in the ECMAScript library's types.
declare const WebAssembly: { Memory: new (size: { initial: number; maximum: number }) => never };

/**
 * Runs scripts in QuickJS, each in a fresh context, so that nothing can leak from one into another. Two WASM instances
 * are kept: should a script break one, the other takes its place while a third is made.
 */
export class Sandbox {
  private spare: QuickJSWASMModule | null = null;

  private constructor(
    private current: QuickJSWASMModule | null,
    readonly limits: SandboxLimits,
  ) {}

  static async create(limits: SandboxLimits): Promise<Sandbox> {
    const sandbox = new Sandbox(await createModule(limits), limits);
    sandbox.spare = await createModule(limits);
    return sandbox;
  }

  /**
   * Hands a fresh context to `use`.
   * @throws TimeLimitError, BrokenSandboxError, and what `use` throws
   */
  run<T>(use: (context: QuickJSContext) => T): T {
    const module = this.current;
    if (!module) throw new BrokenSandboxError('No script can run until the script engine has been replaced');
    let isBroken = false;
    const watch = new Watch(this.limits);
    try {
      const runtime = module.newRuntime();
      runtime.setMemoryLimit(this.limits.memoryBytes);
      runtime.setMaxStackSize(this.limits.stackBytes);
      runtime.setInterruptHandler(() => watch.isOver());
      const context = runtime.newContext();
      try {
        return use(context);
      } catch (error) {
        isBroken = isFatal(error);
        if (isBroken)
          throw new BrokenSandboxError(`The script broke its engine: ${messageOf(error)}`, { cause: error });
        throw watch.wasOver ? new TimeLimitError('The script took too long') : error;
      } finally {
        // What broke can't be freed; it goes with its instance.
        if (!isBroken) {
          context.dispose();
          runtime.dispose();
        }
      }
    } catch (error) {
      if (isBroken || isFatal(error)) {
        this.replace();
        if (!(error instanceof BrokenSandboxError)) {
          throw new BrokenSandboxError(`The script broke its engine: ${messageOf(error)}`, { cause: error });
        }
      }
      throw error;
    }
  }

  private replace(): void {
    this.current = this.spare;
    this.spare = null;
    createModule(this.limits).then(
      (module) => {
        if (this.current) this.spare = module;
        else this.current = module;
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

async function createModule({ memoryBytes }: SandboxLimits): Promise<QuickJSWASMModule> {
  const maximum = Math.max(INITIAL_PAGES, Math.ceil(memoryBytes / PAGE)) + RESERVED_PAGES;
  const wasmMemory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum });
  return newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
}

/** Errors of WASM and its glue code, after which the instance's memory can't be relied on. */
function isFatal(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.constructor.name === 'RuntimeError');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
