// What the texts of options stand for. Each refusal names the option, what was expected and what
// came.

import { availableParallelism } from 'node:os';
import type { Space } from 'wasm-norm';
import { Refusal } from '../files/refusal.ts';

/** Reads a number of an interval. */
export function readNumber(name: string, text: string, least: number, most: number): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number >= least && number <= most)) {
    throw new Refusal(`--${name}: expected a number from ${least} to ${most}, got '${text}'`);
  }
  return number;
}

/** Reads a whole number of an interval. */
export function readWhole(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new Refusal(`--${name}: expected a whole number from ${least} to ${most}, got '${text}'`);
  }
  return number;
}

/** Reads one of some words. */
export function readWord<Word extends string>(
  name: string,
  text: string,
  words: readonly Word[],
): Word {
  const word = words.find((known) => known === text);
  if (word === undefined) {
    throw new Refusal(`--${name}: expected ${spellChoice(words)}, got '${text}'`);
  }
  return word;
}

const MOST_THREADS = 256;

/** Reads how many threads to use: all cores' where nothing is given. */
export function readThreads(text: string | undefined): number {
  return text === undefined ? availableParallelism() : readWhole('threads', text, 1, MOST_THREADS);
}

/** Reads a space of colours. */
export function readSpace(text: string | undefined): Space | undefined {
  return text === undefined ? undefined : readWord<Space>('space', text, ['rgb', 'oklab', 'lab']);
}

/** Reads whether only tissue takes part. */
export function readMask(text: string | undefined): boolean {
  return text !== undefined && readWord('mask', text, ['tissue']) === 'tissue';
}

/** What has a meaning with a queue alone, and what has one without it alone. */
export interface QueueTexts {
  readonly queue: string | undefined;
  readonly detach: boolean;
  readonly shard: string | undefined;
  readonly threads: string | undefined;
}

const SHARD = 1_000;

/** Reads how a command is given to workers; null where it works itself. */
export function readQueueOptions({
  queue,
  detach,
  shard,
  threads,
}: QueueTexts): QueueChoice | null {
  if (queue === undefined) {
    if (detach) throw new Refusal('--detach: needs --queue');
    if (shard !== undefined) throw new Refusal('--shard: needs --queue');
    return null;
  }
  if (threads !== undefined) throw new Refusal('--threads: is chosen by each worker of a queue');
  const size = shard === undefined ? SHARD : readWhole('shard', shard, 1, 1e6);
  return { queue, isDetached: detach, size };
}

/** How a command is given to workers. */
export interface QueueChoice {
  /** The address, which has not been read. */
  readonly queue: string;
  readonly isDetached: boolean;
  /** Pictures of a shard. */
  readonly size: number;
}

function spellChoice(words: readonly string[]): string {
  if (words.length === 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
