/** As much of the ECMAScript library's missing WebAssembly types as is needed here. */
export interface WasmMemory {
  /** Another one after the memory has grown. */
  readonly buffer: ArrayBufferLike;
}

/** Zeros between two parts with content that are worth being left out of the copy. */
const GAP = 16_384;

/** What a WASM memory held at one moment, to be put back any number of times. */
export class MemorySnapshot {
  private readonly parts: readonly { readonly start: number; readonly bytes: Uint8Array }[];

  constructor(private readonly memory: WasmMemory) {
    const bytes = new Uint8Array(memory.buffer);
    this.parts = contentOf(bytes).map(([start, end]) => ({ start, bytes: bytes.slice(start, end) }));
  }

  /**
   * What lies behind the last byte that wasn't zero stays: an allocator whose books are put back too takes it for free
   * memory, which it never takes for zeros.
   */
  restore(): void {
    const target = new Uint8Array(this.memory.buffer);
    let end = 0;
    for (const { start, bytes } of this.parts) {
      target.fill(0, end, start);
      target.set(bytes, start);
      end = start + bytes.length;
    }
  }
}

/** The ranges that aren't all zeros, as start and end. */
function contentOf(bytes: Uint8Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index] === 0) continue;
    const last = ranges.at(-1);
    if (last && index - last[1] < GAP) last[1] = index + 1;
    else ranges.push([index, index + 1]);
  }
  return ranges;
}
