// What the threads of a shared memory tell each other. A round is one call of `Crew.run`: a kernel
// is called for each of a number of pieces, by whichever thread takes the piece.

// Words of a line of the cache are 16, so that threads do not wait for each other's words. All of
// these are literals: a bundler keeps what is computed, also where nobody uses it.

/** The word that is odd while a round is open; threads wait for it to change. */
export const ROUND = 0;
/** The word that is 1 once all workers have to end. */
export const STOP = 1;
/** The word that counts the workers that wait, and have to be woken. */
export const SLEEPERS = 16;
/** The word that is 1 while the caller waits for a worker. */
export const WAITING = 32;
/** The words that say what a round does; they change between rounds alone. */
export const KERNEL = 48;
export const PARAMETERS = 49;
export const PIECES = 50;
export const COLUMNS = 51;
export const CLEARED = 52;
/** The word that says how many threads share a round. */
export const THREADS = 53;
/** The first of 32 words of each thread. */
const FIRST = 64;

/** A thread that takes no part: it has not joined yet, or has ended. */
export const ABSENT = 2;
/** A thread that is in no round. */
export const IDLE = 0;
/** A thread that may be in the round. */
export const BUSY = 1;

/** The most threads of a memory, the caller included. */
export const MAX_THREADS = 64;
/** The most pieces of a round. */
export const MAX_PIECES = 65536;

/**
 * The numbers of a parameter: its value for the first piece, and what is added for each row of
 * pieces, each piece of a row, each thread, and in the last piece of a row.
 */
export const STEPS = 5;
/** The most parameters of a kernel. */
const MOST_PARAMETERS = 20;
/** The numbers of all parameters of a kernel. */
const NUMBERS = 100;

/** The word that says whether a thread is absent, idle or busy. */
export function stateOf(thread: number): number {
  return FIRST + 32 * thread;
}

/** The word that counts the pieces that were taken of a thread's part of a round. */
export function takenOf(thread: number): number {
  return stateOf(thread) + 16;
}

/** The memory through which threads tell each other. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  /** For each piece of the round, whether it is done. */
  readonly done: Uint8Array;
  /** Those of a piece: each thread has its own. */
  readonly parameters: Float64Array = new Float64Array(MOST_PARAMETERS);

  constructor(buffer?: SharedArrayBuffer) {
    const words = stateOf(MAX_THREADS);
    this.buffer = buffer ?? new SharedArrayBuffer(4 * words + 8 * NUMBERS + MAX_PIECES);
    this.words = new Int32Array(this.buffer, 0, words);
    this.numbers = new Float64Array(this.buffer, 4 * words, NUMBERS);
    this.done = new Uint8Array(this.buffer, 4 * words + 8 * NUMBERS);
  }
}

/** A kernel: numbers in, memory changed. */
export type Kernel = (...parameters: number[]) => unknown;

/** One that is given more parameters than it has, of which it takes no notice. */
type AnyKernel = (...parameters: (number | undefined)[]) => unknown;

/** Takes pieces of a round until none is left: first those of the thread's own part. */
export function takePieces(
  control: Control,
  kernels: readonly Kernel[],
  memory: Uint8Array,
  thread: number,
): void {
  const { words, done } = control;
  const threads = words[THREADS] as number;
  const pieces = words[PIECES] as number;
  for (let i = 0; i < threads; i++) {
    const part = (thread + i) % threads;
    const first = Math.floor((part * pieces) / threads);
    const end = Math.floor(((part + 1) * pieces) / threads);
    for (;;) {
      const piece = first + Atomics.add(words, takenOf(part), 1);
      if (piece >= end) break;
      doPiece(control, kernels, memory, thread, piece);
      done[piece] = 1;
    }
  }
}

/** Calls the kernel of a round for a piece. */
export function doPiece(
  { words, numbers, parameters: p }: Control,
  kernels: readonly Kernel[],
  memory: Uint8Array,
  thread: number,
  piece: number,
): void {
  const columns = words[COLUMNS] as number;
  const cleared = words[CLEARED] as number;
  const count = words[PARAMETERS] as number;
  const column = piece % columns;
  const row = (piece - column) / columns;
  const isLast = column === columns - 1 ? 1 : 0;
  for (let i = 0; i < count; i++) {
    const at = STEPS * i;
    p[i] =
      (numbers[at] as number) +
      row * (numbers[at + 1] as number) +
      column * (numbers[at + 2] as number) +
      thread * (numbers[at + 3] as number) +
      isLast * (numbers[at + 4] as number);
  }
  const target = p[0] as number;
  if (cleared > 0) memory.fill(0, target, target + cleared);
  const kernel = kernels[words[KERNEL] as number] as AnyKernel;
  // To spread an array takes 100 ns more.
  // biome-ignore format: twenty lines say no more than one
  kernel(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15], p[16], p[17], p[18], p[19]);
}
