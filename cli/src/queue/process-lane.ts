import { type ChildProcess, fork } from 'node:child_process';
import { Refusal } from '../files/refusal.ts';
import type { Lane } from '../work/in-order.ts';
import type { JobName, Jobs, Shard } from '../work/jobs.ts';
import { type FromProcess, TOO_MUCH_MEMORY, type ToProcess } from './messages.ts';

/** What a picture may take. */
export interface PictureLimits {
  readonly seconds: number;
  /** Bytes of the process that works on it. */
  readonly memory: number;
}

/** What a lane tells. */
export interface LaneEvents {
  /** A picture was worked on. */
  readonly taken: () => void;
  /** The process has ended, at a picture that began its shard so many pictures later. */
  readonly ended: (reason: string, output: string) => void;
}

/** How often a picture may end the process before it is named and left out. */
const TRIES = 3;

/** Characters of a process's last output that are kept. */
const OUTPUT = 2_000;

type Attempt<Result> =
  | { readonly kind: 'result'; readonly result: Result }
  /** The process has ended; after the same picture it would again where it is sure. */
  | {
      readonly kind: 'ended';
      readonly at: number;
      readonly reason: string;
      readonly isSure: boolean;
    };

/**
 * A process that works on shards. It may end in the middle of a picture, by its own fault or since
 * it took too long or too much memory: then another one goes on, and in the end without the picture.
 */
export class ProcessLane implements Lane {
  readonly #limits: PictureLimits;
  readonly #events: LaneEvents;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  #folder = '.';
  #isStopped = false;

  /** @param environment of the processes: nothing in it may be a secret */
  constructor(limits: PictureLimits, events: LaneEvents, environment: NodeJS.ProcessEnv) {
    this.#limits = limits;
    this.#events = events;
    this.#environment = environment;
  }

  /** Takes shards from now on, whose relative paths start in a folder. */
  open(folder: string): void {
    this.#folder = folder;
    this.#isStopped = false;
  }

  /** Ends the process, and takes no shard; one that it works on has no result. */
  stop(): void {
    this.#isStopped = true;
    this.#child?.kill('SIGKILL');
  }

  async run<Name extends JobName>(shard: Shard<Name>): Promise<Jobs[Name]['result']> {
    const givenUp: Record<number, string> = {};
    const ends = new Map<number, number>();
    for (;;) {
      if (this.#isStopped) throw new Error('the worker was stopped');
      const attempt = await this.#attempt({ ...shard, givenUp });
      if (attempt.kind === 'result') return attempt.result;
      const { at, reason, isSure } = attempt;
      const times = (ends.get(at) ?? 0) + 1;
      ends.set(at, times);
      if (isSure) givenUp[at] = reason;
      else if (times === TRIES) givenUp[at] = `${reason}, ${TRIES} times of ${TRIES}`;
    }
  }

  async #attempt<Name extends JobName>(shard: Shard<Name>): Promise<Attempt<Jobs[Name]['result']>> {
    const child = this.#child ?? (await this.#start());
    return new Promise((resolve, reject) => {
      let at = 0;
      // Of a clock the time would go on while this process is stopped.
      let seconds = 0;
      let isLate = false;
      const clock = setInterval(() => {
        if (++seconds <= this.#limits.seconds) return;
        isLate = true;
        child.kill('SIGKILL');
      }, 1_000);
      const settle = () => {
        clearInterval(clock);
        child.off('message', onMessage).off('exit', onExit);
      };
      const onMessage = (message: FromProcess) => {
        if (message.kind === 'taken') {
          at++;
          seconds = 0;
          this.#events.taken();
          return;
        }
        settle();
        if (message.kind === 'refusal') reject(new Refusal(message.message));
        else if (message.kind === 'result') {
          resolve({ kind: 'result', result: message.result as Jobs[Name]['result'] });
        }
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
        settle();
        const isSure = isLate || signal === TOO_MUCH_MEMORY;
        const reason = isLate
          ? `took more than ${this.#limits.seconds} s`
          : isSure
            ? `took more than ${Math.round(this.#limits.memory / 2 ** 20)} MB of memory`
            : `ended the process that read it (${signal ?? `exit status ${code}`})`;
        resolve({ kind: 'ended', at, reason, isSure });
      };
      child.on('message', onMessage).on('exit', onExit);
      child.send({ shard, folder: this.#folder } satisfies ToProcess, (error) => {
        // A process that has ended tells so itself.
        if (error && child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      });
    });
  }

  #start(): Promise<ChildProcess> {
    const child = fork(new URL('./process.js', import.meta.url), [String(this.#limits.memory)], {
      execArgv: process.execArgv,
      env: this.#environment,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT);
    });
    return new Promise((resolve, reject) => {
      const onEnd = (reason: string) => {
        if (this.#child === child) this.#child = null;
        this.#events.ended(reason, output);
        reject(new Error(`a process for pictures can't be started: ${reason}`));
      };
      child.on('error', (error) => onEnd(error.message));
      child.on('exit', (code, signal) => onEnd(signal ?? `exit status ${code}`));
      child.once('message', (message: FromProcess) => {
        if (message.kind === 'ready') resolve(child);
        else if (message.kind === 'refusal') reject(new Refusal(message.message));
      });
    });
  }
}
