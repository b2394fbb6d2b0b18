import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  RELEASE_SYNC,
} from 'quickjs-emscripten';
import { decisionMethods } from '../juel/decision-methods.js';
import { executionMethods, taskMethods } from '../juel/scope-facade.js';
import { MemorySnapshot, type WasmMemory } from './memory-snapshot.js';
import { PRELUDE } from './prelude.js';
import type { ScriptCallback } from './script-runner.js';

// WebAssembly is there in every host, but not in the ECMAScript library's types.
declare const WebAssembly: { Memory: new (size: { initial: number; maximum: number }) => never };

const PAGE = 65_536;
/** What QuickJS asks for at least. */
const INITIAL_PAGES = 256;
/** Beside what a script may hold, the engine needs room for itself and for freeing. */
const RESERVED_PAGES = 256;

const FACADES = JSON.stringify({
  execution: [...executionMethods.keys()],
  decisionResult: [...decisionMethods.keys()],
  task: [...taskMethods.keys()].filter((name) => name !== 'getExecution'),
});

export interface CellLimits {
  readonly memoryBytes: number;
  readonly stackBytes: number;
}

/** The functions of the prelude, inside the sandbox. */
export interface PreludeHandles {
  readonly begin: QuickJSHandle;
  readonly encode: QuickJSHandle;
  readonly failure: QuickJSHandle;
}

/**
 * A WASM instance with one QuickJS context, in which the prelude has run. `reset` puts its whole memory back to that
 * moment: nothing that a script did can be seen by the next one, and a script doesn't pay for a new context (a fifth
 * of a millisecond instead of two).
 */
export class ScriptCell {
  /** Who answers the script that runs. */
  callback: ScriptCallback = () => {
    throw new Error('No script runs');
  };
  /** Asked about every 10,000 steps whether the script that runs is to be stopped. */
  isOver: () => boolean = () => false;
  /** Counts the scripts. */
  turn = 0;
  private readonly snapshot: MemorySnapshot;

  private constructor(
    memory: WasmMemory,
    readonly context: QuickJSContext,
    readonly prelude: PreludeHandles,
  ) {
    this.snapshot = new MemorySnapshot(memory);
  }

  static async create(limits: CellLimits): Promise<ScriptCell> {
    const maximum = Math.max(INITIAL_PAGES, Math.ceil(limits.memoryBytes / PAGE)) + RESERVED_PAGES;
    const wasmMemory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum });
    const module = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
    const runtime = module.newRuntime();
    let cell: ScriptCell | undefined;
    const context = configure(runtime, limits, () => cell?.isOver() ?? false);
    const host = context.newFunction('host', (...handles) => {
      const [operation = '', name = '', args = ''] = handles.map((handle) => context.getString(handle));
      return context.newString(cell?.callback(operation, name, args) ?? '');
    });
    const facades = context.newString(FACADES);
    const prelude = context.unwrapResult(context.evalCode(PRELUDE, 'prelude'));
    const helpers = context.unwrapResult(context.callFunction(prelude, context.undefined, host, facades));
    cell = new ScriptCell(wasmMemory, context, {
      begin: context.getProp(helpers, 'begin'),
      encode: context.getProp(helpers, 'encode'),
      failure: context.getProp(helpers, 'failure'),
    });
    return cell;
  }

  reset(): void {
    this.turn++;
    this.snapshot.restore();
  }
}

function configure(runtime: QuickJSRuntime, limits: CellLimits, isOver: () => boolean): QuickJSContext {
  runtime.setMemoryLimit(limits.memoryBytes);
  runtime.setMaxStackSize(limits.stackBytes);
  runtime.setInterruptHandler(isOver);
  return runtime.newContext();
}
