// A flow: the shards of a command, and the merging of their results.

import { createHash } from 'node:crypto';
import { isAbsolute, parse } from 'node:path';
import type { FoundFile } from '../files/files.ts';
import { isAddress } from '../files/places.ts';
import { cutIntoShards } from '../work/cut.ts';
import type { Jobs, Shard } from '../work/jobs.ts';

/** The jobs whose results merge. */
export type QueuedJob = 'count' | 'restyle';

/** What is submitted. */
export interface Request<Name extends QueuedJob> {
  /** All pictures of it. */
  readonly whole: Shard<Name>;
  /** The same pictures as they were found: a changed one makes another flow. */
  readonly pictures: readonly FoundFile[];
  /** Where relative paths start: the same folder on every machine. */
  readonly folder: string;
  /** Pictures of a shard. */
  readonly size: number;
}

/** A request with its id. The same request to the same code has the same. */
export interface Flow<Name extends QueuedJob> extends Request<Name> {
  readonly id: string;
  readonly shards: readonly Shard<Name>[];
}

/** The data of a shard's job. */
export interface ShardData {
  readonly flow: string;
  readonly index: number;
  readonly folder: string;
  readonly shard: Shard<QueuedJob>;
  /** Of its pictures' files. */
  readonly bytes: number;
}

/** The data of a flow's own job, which merges. */
export interface MergeData {
  readonly job: QueuedJob;
  readonly folder: string;
  readonly pictures: number;
  readonly shards: number;
  readonly size: number;
}

/** A shard that has no result. */
export interface FailedShard {
  readonly index: number;
  readonly reason: string;
}

/** The result of a flow. */
export interface Merged<Name extends QueuedJob> {
  /** Of the shards that have one, in their order; null where none has. */
  readonly result: Jobs[Name]['result'] | null;
  readonly failed: readonly FailedShard[];
}

/** Returns where the paths of a request start: anywhere, if none is relative. */
export function startOf(paths: readonly string[]): string {
  const here = process.cwd();
  return paths.every((path) => isAbsolute(path) || isAddress(path)) ? parse(here).root : here;
}

/** The names of a version's queues: other code never sees what lies in them. */
export function queueNames(version: string): { readonly shards: string; readonly merges: string } {
  return { shards: `wasm-norm-${version}-shards`, merges: `wasm-norm-${version}-merges` };
}

/** Cuts a request into shards, and gives it its id. */
export function flowOf<Name extends QueuedJob>(
  request: Request<Name>,
  version: string,
): Flow<Name> {
  const { whole, pictures, folder, size } = request;
  const { job, options } = whole;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([version, job, options, folder, size]));
  for (const { path, size, changed } of pictures) hash.update(`${path}\0${size}\0${changed}\0`);
  // Where results go to. Statistics go nowhere.
  if (job === 'restyle') hash.update(JSON.stringify(whole.items));
  return {
    ...request,
    id: `${job}-${hash.digest('hex').slice(0, 24)}`,
    shards: [...cutIntoShards(whole, size)],
  };
}

/** Returns the id of a shard's job. */
export function shardId(flow: string, index: number): string {
  return `${flow}-${index}`;
}

/** Returns which shard it is, of the key of its job. */
export function indexOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('-') + 1));
}

/** How often a shard may lose its worker before it fails. */
export const MOST_LOSSES = 2;

/** Returns why a shard has failed, of the reason that BullMQ keeps. */
export function reasonOfFailure(kept: string): string {
  const isLost = kept.startsWith('job stalled more than allowable limit');
  return isLost ? `its worker was lost ${MOST_LOSSES + 1} times` : kept;
}
