import {
  ABSENT,
  BUSY,
  CLEARED,
  COLUMNS,
  Control,
  doPiece,
  IDLE,
  KERNEL,
  PARAMETERS,
  PIECES,
  ROUND,
  SLEEPERS,
  STEPS,
  STOP,
  stateOf,
  THREADS,
  takenOf,
  takePieces,
  WAITING,
} from '../kernels/control.ts';
import type { SharedInstances } from '../kernels/shared.ts';
import type { Orders } from '../kernels/worker.ts';
import { type StartThread, waysToStart } from './threads.ts';

// Looks at a worker that is still busy before the caller waits.
const LOOKS = 50000;

// How long a worker may take for its last piece, in milliseconds, until it counts as dead.
const PATIENCE = 5000;

/**
 * A parameter of a kernel for the pieces of a round: its value for the first one, and what is
 * added for each row of pieces, each piece of a row, each thread, and the last piece of a row.
 */
export type Parameter = readonly [
  start: number,
  byRow?: number,
  byColumn?: number,
  byThread?: number,
  inLast?: number,
];

/** A kernel that is called for each piece of work. */
export interface Round {
  /** The kernel's number. */
  readonly kernel: number;
  readonly rows: number;
  /** Pieces of a row. */
  readonly columns: number;
  readonly parameters: readonly Parameter[];
  /** How many bytes from the first parameter on are set to 0 before a piece. */
  readonly cleared: number;
  /** Whether a piece can be done again, should its thread die. */
  readonly repeatable: boolean;
}

/** The threads of a shared memory: the caller, and workers that may come later or die. */
export class Crew {
  readonly control: Control = new Control();
  /** Why fewer threads work than were wanted; null where all do, or may still come. */
  reason: string | null = null;
  readonly ready: Promise<void>;
  readonly #threads: number;

  /** @param threads how many are wanted, with the caller */
  constructor(
    threads: number,
    orders: Omit<Orders, 'control' | 'thread'>,
    text: string,
    workerUrl: string | undefined,
  ) {
    this.#threads = threads;
    const { control } = this;
    const ways = waysToStart(text, workerUrl);
    const joining: Promise<void>[] = [];
    for (let thread = 1; thread < threads; thread++) {
      Atomics.store(control.words, stateOf(thread), ABSENT);
      const own: Orders = { ...orders, control: control.buffer, thread };
      joining.push(new Promise((resolve) => this.#start(ways, own, resolve)));
    }
    this.ready = Promise.all(joining).then(() => {});
  }

  /** How many threads work, the caller included. */
  get threads(): number {
    let count = 1;
    for (let thread = 1; thread < this.#threads; thread++) {
      if (Atomics.load(this.control.words, stateOf(thread)) !== ABSENT) count++;
    }
    return count;
  }

  /**
   * Starts a thread in one way, or in the next where that fails.
   *
   * @param settled is called when the thread has joined, or never will
   */
  #start(ways: readonly StartThread[], orders: Orders, settled: () => void, reason?: string): void {
    const { words } = this.control;
    const [start, ...others] = ways;
    if (start === undefined) {
      this.reason ??= reason ?? 'this host has no threads';
      settled();
      return;
    }
    const state = stateOf(orders.thread);
    // A worker's listeners live as long as it does, and must not hold the memory.
    let untilJoined: Orders | null = orders;
    const joined = (): void => {
      untilJoined = null;
      settled();
    };
    const ended = (why: string): void => {
      Atomics.store(words, state, ABSENT);
      if (Atomics.load(words, STOP) === 1) settled();
      else if (untilJoined === null) this.reason ??= why;
      else this.#start(others, untilJoined, settled, why);
    };
    try {
      start(orders, { joined, ended });
    } catch (error) {
      ended(`this host refused a worker: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Ends all workers. */
  close(): void {
    stop(this.control);
    this.reason = 'the arena was closed';
  }

  /** Does all pieces of a round. The caller takes its part, and what workers have left over. */
  run({ kernels, memory }: SharedInstances, round: Round): void {
    const { control } = this;
    const { words } = control;
    const bytes = new Uint8Array(memory.buffer);
    describeRound(control, this.#threads, round);
    Atomics.add(words, ROUND, 1);
    if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, ROUND);
    takePieces(control, kernels, bytes, 0);
    Atomics.add(words, ROUND, 1);
    let died = false;
    for (let thread = 1; thread < this.#threads; thread++) {
      if (!this.#waitFor(thread)) died = true;
    }
    if (!died) return;
    for (let piece = 0; piece < round.rows * round.columns; piece++) {
      if (control.done[piece] === 1) continue;
      if (!round.repeatable) {
        throw new Error('arena: a thread died while it wrote over its input, which is lost');
      }
      doPiece(control, kernels, bytes, 0, piece);
    }
  }

  /** Waits until a worker is in no round, and says whether it is alive. */
  #waitFor(thread: number): boolean {
    const { words } = this.control;
    const state = stateOf(thread);
    for (let looks = 0; looks < LOOKS; looks++) {
      if (Atomics.load(words, state) !== BUSY) return true;
    }
    Atomics.store(words, WAITING, 1);
    const end = Date.now() + PATIENCE;
    while (Atomics.load(words, state) === BUSY && Date.now() < end) pause(words, state);
    Atomics.store(words, WAITING, 0);
    if (Atomics.compareExchange(words, state, BUSY, ABSENT) !== BUSY) return true;
    this.reason = 'a worker died';
    return false;
  }
}

/** Writes down what a round does. */
export function describeRound(
  { words, numbers, done }: Control,
  threads: number,
  { kernel, rows, columns, parameters, cleared }: Round,
): void {
  const pieces = rows * columns;
  words[KERNEL] = kernel;
  words[PARAMETERS] = parameters.length;
  words[PIECES] = pieces;
  words[COLUMNS] = columns;
  words[CLEARED] = cleared;
  words[THREADS] = threads;
  for (let thread = 0; thread < threads; thread++) words[takenOf(thread)] = 0;
  parameters.forEach((parameter, i) => {
    for (let j = 0; j < STEPS; j++) numbers[STEPS * i + j] = parameter[j] ?? 0;
  });
  done.fill(0, 0, pieces);
}

let canWait = true;

/** Waits some milliseconds for a worker, or looks again at once where a page's main thread may not wait. */
function pause(words: Int32Array, state: number): void {
  if (!canWait) return;
  try {
    Atomics.wait(words, state, BUSY, 10);
  } catch {
    canWait = false;
  }
}

/** Tells the workers of a control to end. */
export function stop({ words }: Control): void {
  Atomics.store(words, STOP, 1);
  Atomics.add(words, ROUND, 2);
  Atomics.notify(words, ROUND);
  for (let state = stateOf(1); state < words.length; state += stateOf(1) - stateOf(0)) {
    Atomics.compareExchange(words, state, IDLE, ABSENT);
  }
}
