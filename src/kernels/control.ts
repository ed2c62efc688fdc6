// What the threads of a shared memory tell each other. A round is one call of `Crew.run`: a kernel
// is called for each of a number of pieces, by whichever thread takes the piece.

/** Words of a line of the cache, so that threads do not wait for each other's words. */
const LINE = 16;

/** The word that is odd while a round is open; threads wait for it to change. */
export const ROUND = 0;
/** The word that is 1 once all workers have to end. */
export const STOP = 1;
/** The word that counts the workers that wait, and have to be woken. */
export const SLEEPERS: number = LINE;
/** The word that is 1 while the caller waits for a worker. */
export const WAITING: number = 2 * LINE;
/** The words that say what a round does; they change between rounds alone. */
export const KERNEL: number = 3 * LINE;
export const PARAMETERS: number = KERNEL + 1;
export const PIECES: number = KERNEL + 2;
export const COLUMNS: number = KERNEL + 3;
export const CLEARED: number = KERNEL + 4;
/** The word that says how many threads share a round. */
export const THREADS: number = KERNEL + 5;
const FIRST = 4 * LINE;

/** A thread that takes no part: it has not joined yet, or has ended. */
export const ABSENT: number = -1;
/** A thread that is in no round. */
export const IDLE = 0;
/** A thread that may be in the round. */
export const BUSY = 1;

/** The most threads of a memory, the caller included. */
export const MAX_THREADS = 64;
/** The most pieces of a round. */
export const MAX_PIECES = 65536;
/** The most parameters of a kernel. */
export const MAX_PARAMETERS = 20;

/** The numbers of a parameter: its value for the first piece, then what is added to it. */
export const START = 0;
/** For each row of pieces. */
export const BY_ROW: number = MAX_PARAMETERS;
/** For each piece of a row. */
export const BY_COLUMN: number = 2 * MAX_PARAMETERS;
/** For each thread. */
export const BY_THREAD: number = 3 * MAX_PARAMETERS;
/** In the last piece of a row. */
export const IN_LAST: number = 4 * MAX_PARAMETERS;

/** The word that says whether a thread is absent, idle or busy. */
export function stateOf(thread: number): number {
  return FIRST + 2 * thread * LINE;
}

/** The word that counts the pieces that were taken of a thread's part of a round. */
export function takenOf(thread: number): number {
  return stateOf(thread) + LINE;
}

/** The memory through which threads tell each other. */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  /** For each piece of the round, whether it is done. */
  readonly done: Uint8Array;

  constructor(buffer?: SharedArrayBuffer) {
    const words = stateOf(MAX_THREADS);
    const numbers = 5 * MAX_PARAMETERS;
    this.buffer = buffer ?? new SharedArrayBuffer(4 * words + 8 * numbers + MAX_PIECES);
    this.words = new Int32Array(this.buffer, 0, words);
    this.numbers = new Float64Array(this.buffer, 4 * words, numbers);
    this.done = new Uint8Array(this.buffer, 4 * words + 8 * numbers);
  }
}

/** A kernel: numbers in, memory changed. */
export type Kernel = (...parameters: number[]) => unknown;

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
  { words, numbers }: Control,
  kernels: readonly Kernel[],
  memory: Uint8Array,
  thread: number,
  piece: number,
): void {
  const columns = words[COLUMNS] as number;
  const cleared = words[CLEARED] as number;
  const column = piece % columns;
  const row = (piece - column) / columns;
  const isLast = column === columns - 1 ? 1 : 0;
  const parameters: number[] = [];
  for (let i = 0; i < (words[PARAMETERS] as number); i++) {
    parameters[i] =
      (numbers[START + i] as number) +
      row * (numbers[BY_ROW + i] as number) +
      column * (numbers[BY_COLUMN + i] as number) +
      thread * (numbers[BY_THREAD + i] as number) +
      isLast * (numbers[IN_LAST + i] as number);
  }
  const [target = 0] = parameters;
  if (cleared > 0) memory.fill(0, target, target + cleared);
  (kernels[words[KERNEL] as number] as Kernel)(...parameters);
}
