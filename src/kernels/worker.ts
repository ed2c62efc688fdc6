// The program of the workers of a shared memory. The build makes one text of it, from which they
// are started; see scripts/embed-kernels.mjs.

import {
  BUSY,
  Control,
  IDLE,
  type Kernel,
  ROUND,
  SLEEPERS,
  STOP,
  stateOf,
  takePieces,
  WAITING,
} from './control.ts';

// Looks at the round before a worker waits: some 50 us, so that a worker is there for the next
// call of a kernel, and costs nothing when no other follows.
const LOOKS = 20000;

/** What a worker is told when it is started. */
export interface Orders {
  readonly control: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly SharedModule[];
  /** The worker's number, from 1. */
  readonly thread: number;
}

/** A module of kernels over a shared memory. */
export interface SharedModule {
  readonly module: WebAssembly.Module;
  /** Which of the modules it calls; -1: none. */
  readonly called: number;
}

interface Port {
  onmessage: ((event: { readonly data: Orders }) => void) | null;
  postMessage(message: string): void;
  close(): void;
}

interface Host {
  readonly process?: {
    getBuiltinModule?(name: string): { readonly parentPort: Port | null } | undefined;
  };
}

const { process } = globalThis as Host;
const port =
  process?.getBuiltinModule?.('node:worker_threads')?.parentPort ?? (globalThis as unknown as Port);

port.onmessage = ({ data }) => {
  port.onmessage = null;
  work(data);
  port.close();
};

function work({ control: buffer, memory, modules, thread }: Orders): void {
  const control = new Control(buffer);
  const { words } = control;
  const kernels = instantiate(memory, modules);
  const bytes = new Uint8Array(memory.buffer);
  const state = stateOf(thread);
  if (Atomics.load(words, STOP) === 1) return;
  Atomics.store(words, state, IDLE);
  port.postMessage('joined');
  for (let seen = 0; ; ) {
    const round = nextRound(words, seen);
    if (Atomics.load(words, STOP) === 1) return;
    seen = round;
    // Between rounds the number is even.
    if (round % 2 === 0) continue;
    // The caller calls a worker that it gave up absent.
    if (Atomics.compareExchange(words, state, IDLE, BUSY) !== IDLE) return;
    // A round that is open now stays open to those who are busy.
    if (Atomics.load(words, ROUND) === round) takePieces(control, kernels, bytes, thread);
    if (Atomics.compareExchange(words, state, BUSY, IDLE) !== BUSY) return;
    if (Atomics.load(words, WAITING) === 1) Atomics.notify(words, state);
  }
}

/** Waits for the number of the round to change, and returns it. */
function nextRound(words: Int32Array, seen: number): number {
  for (let looks = 0; ; looks++) {
    const round = Atomics.load(words, ROUND);
    if (round !== seen) return round;
    if (looks < LOOKS) continue;
    Atomics.add(words, SLEEPERS, 1);
    Atomics.wait(words, ROUND, seen);
    Atomics.sub(words, SLEEPERS, 1);
    looks = 0;
  }
}

function instantiate(memory: WebAssembly.Memory, modules: readonly SharedModule[]): Kernel[] {
  const instances: WebAssembly.Instance[] = [];
  for (const { module, called } of modules) {
    const kernels = instances[called]?.exports ?? {};
    instances.push(new WebAssembly.Instance(module, { env: { memory }, kernels }));
  }
  return instances.flatMap(({ exports }) => Object.values(exports) as Kernel[]);
}
