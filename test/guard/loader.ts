// Stands in for @assemblyscript/loader: kernels that are watched at every access.

import { type Extent, extentsOf, memoryOfCall } from './extents.ts';

type Kernel = (...values: number[]) => void;

// The byte that fills what a kernel must not depend on: a NaN as float32 and as float64.
const POISON = 0xff;

// How many accesses a kernel may make for each byte that it is given. It is many times what any
// kernel makes, so that one that exceeds it runs in an endless loop.
const PATIENCE = 64;

/** An extent, and how much was read of it; what was read twice counts twice. */
interface Watched extends Extent {
  readonly end: number;
  loads: number;
  bytesRead: number;
}

/** What a module of kernels imports. */
type Imports = {
  readonly env: { readonly memory: WebAssembly.Memory };
  /** Guarded kernels that its own call. */
  readonly kernels?: Readonly<Record<string, Kernel>>;
};

/** A call of a kernel. */
interface Call {
  readonly name: string;
  readonly extents: readonly Watched[];
  /** How many accesses it may still make. */
  left: number;
  /** The call in which it was made, by a kernel of another module. */
  readonly outer: Call | undefined;
}

let running: Call | undefined;
let watched: readonly Watched[] = [];

/** Returns what the last call of a kernel read of an array. */
export function readsOf(name: string): { readonly loads: number; readonly bytes: number } {
  const found = watched.find((extent) => extent.name === name);
  return { loads: found?.loads ?? 0, bytes: found?.bytesRead ?? 0 };
}

/**
 * Instantiates the debug build, which reports each access before it is made. A call throws
 * if a kernel touches what it was not given, writes what it was given to read, or runs in an
 * endless loop. What it is given to write is filled with NaN first. A kernel that another one
 * calls may touch only what both were given.
 *
 * @param imports a memory, and the guarded kernels that those of the module call
 */
export function instantiateSync(
  module: WebAssembly.Module,
  { env: { memory }, kernels = {} }: Imports,
): { instance: { exports: Record<string, Kernel> } } {
  const bytes = new Uint8Array(memory.buffer);

  const check = (writes: boolean, address: number, size: number): number => {
    for (let call = running; call; call = call.outer) checkIn(call, writes, address, size);
    return address;
  };

  // Binaryen's pass "instrument-memory" calls these, the address without the offset.
  const env: Record<string, WebAssembly.ImportValue> = {
    memory,
    load_ptr: (_: number, size: number, offset: number, address: number) =>
      check(false, (address >>> 0) + offset, size) - offset,
    store_ptr: (_: number, size: number, offset: number, address: number) =>
      check(true, (address >>> 0) + offset, size) - offset,
    memory_grow_pre: (_: number, pages: number) => pages,
    memory_grow_post: (_: number, result: number) => result,
  };
  for (const type of ['i32', 'i64', 'f32', 'f64']) {
    env[`load_val_${type}`] = (_: number, value: number) => value;
    env[`store_val_${type}`] = (_: number, value: number) => value;
  }

  const { exports } = new WebAssembly.Instance(module, { env, kernels });
  const guarded: Record<string, Kernel> = {};
  for (const [name, kernel] of Object.entries(exports) as [keyof typeof extentsOf, Kernel][]) {
    const find = extentsOf[name] as (...values: number[]) => readonly Extent[];
    guarded[name] = (...values) => {
      memoryOfCall.bytes = bytes;
      const extents = find(...values);
      expectApart(name, extents, bytes.length);
      const outer = running;
      for (const { start, bytes: size } of extents.filter((extent) => isFree(extent, extents))) {
        bytes.fill(POISON, start, start + size);
      }
      running = {
        name,
        extents: extents.map(watch),
        left: PATIENCE * extents.reduce((sum, extent) => sum + extent.bytes, 0),
        outer,
      };
      watched = running.extents;
      try {
        kernel(...values);
      } finally {
        running = outer;
        if (outer) watched = outer.extents;
      }
    };
  }
  return { instance: { exports: guarded } };
}

function watch(extent: Extent): Watched {
  return { ...extent, end: extent.start + extent.bytes, loads: 0, bytesRead: 0 };
}

/** Checks an access in a call. Most of a test's time is spent here. */
function checkIn(call: Call, writes: boolean, address: number, size: number): void {
  if (--call.left < 0) throw new Error(`${call.name} finds no end`);
  const { extents } = call;
  for (let i = 0; i < extents.length; i++) {
    const extent = extents[i] as Watched;
    if (address < extent.start || address + size > extent.end) continue;
    if (!writes) {
      extent.loads++;
      extent.bytesRead += size;
      return;
    }
    if (extent.use !== 'in') return;
  }
  throw new Error(`${call.name} ${describe(writes, address, size, extents)}`);
}

/** Whether an extent is only written: it is not the place of an input too. */
function isFree({ use, start }: Extent, extents: readonly Extent[]): boolean {
  if (use === 'scratch') return true;
  return use === 'out' && !extents.some((other) => other.use === 'in' && other.start === start);
}

/** Expects extents within the memory, and each written one apart from the others or exactly in place of one. */
function expectApart(name: string, extents: readonly Extent[], capacity: number): void {
  for (const a of extents) {
    const end = a.start + a.bytes;
    if (a.start <= 0 || end > capacity) {
      throw new Error(`${name} was given ${a.name} at ${a.start} to ${end} of ${capacity}`);
    }
    for (const b of extents) {
      const overlap = a.start < b.start + b.bytes && b.start < end;
      if (a.use !== 'in' && b !== a && overlap && a.start !== b.start) {
        throw new Error(`${name} was given ${a.name} and ${b.name}, which overlap`);
      }
    }
  }
}

/** Says where an access lies, relative to the nearest extent. */
function describe(
  writes: boolean,
  address: number,
  size: number,
  extents: readonly Extent[],
): string {
  const distance = ({ start, bytes }: Extent) =>
    Math.max(start - address, address + size - (start + bytes));
  const [near] = [...extents].sort((a, b) => distance(a) - distance(b));
  if (!near) return `touches ${address}, but was given nothing`;
  const from = address - near.start;
  const verb = writes ? 'writes' : 'reads';
  const rule = distance(near) <= 0 ? 'may only be read' : `has ${near.bytes}`;
  return `${verb} bytes ${from} to ${from + size} of ${near.name}, which ${rule}`;
}
