import { DurableObject } from 'cloudflare:workers';
import type { ShardResult } from './count-shard.ts';
import { foldResults, type Result } from './fold-results.ts';
import { MAX_LISTED } from './limits.ts';
import type { Sql } from './platform.ts';

// No value grows with the dataset: a row is of one shard.
const TABLES = `
  CREATE TABLE run (
    prefix TEXT NOT NULL,
    size INTEGER NOT NULL,
    listed TEXT NOT NULL DEFAULT '',
    is_listed INTEGER NOT NULL DEFAULT 0,
    trouble TEXT,
    is_stopped INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE shards (shard INTEGER PRIMARY KEY, pictures INTEGER NOT NULL, names TEXT NOT NULL);
  CREATE TABLE results (shard INTEGER PRIMARY KEY, result TEXT NOT NULL);
  CREATE TABLE failures (shard INTEGER PRIMARY KEY, reason TEXT NOT NULL, is_final INTEGER NOT NULL)`;

/** The reason of a failure that left none: the isolate was ended, or could not reach the ledger. */
const SILENT = 'it ended without a word: too much memory or time, or a fault of the platform';

/** How the keys of the bucket become shards. */
export interface Cut {
  /** What all keys begin with. */
  readonly prefix: string;
  /** The most pictures of a shard. */
  readonly size: number;
}

/** How far the bucket is listed. */
export interface Listing extends Cut {
  /** The last key; empty before the first. */
  readonly listed: string;
  readonly isListed: boolean;
}

/** How far a run is. */
export interface Status extends Cut {
  /** Stopped: listing the bucket or sending the shards failed at every attempt. */
  readonly state: 'listing' | 'counting' | 'stopped' | 'done';
  /** Of the shards so far, counted or not. */
  readonly pictures: number;
  readonly shards: number;
  readonly counted: number;
  /** Shards that failed at every attempt. */
  readonly failed: number;
  /** Why listing or sending failed last; null where it did not. */
  readonly trouble: string | null;
}

/** A shard that failed at every attempt. */
export interface Failure {
  readonly shard: number;
  readonly pictures: number;
  /** The name of its first picture. */
  readonly first: string;
  readonly last: string;
  readonly reason: string;
}

/** What is known in the end. */
export interface Report extends Result {
  readonly failed: { readonly count: number; readonly first: readonly Failure[] };
}

/**
 * Keeps a run: its shards, their results, their failures. It has nothing of a run that has not
 * begun, or is forgotten. What is told twice or late changes nothing.
 */
export class Ledger extends DurableObject<unknown> {
  readonly #sql: Sql = this.ctx.storage.sql;
  #isBegun: boolean =
    this.#sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'run'`).toArray().length > 0;

  /** Begins a run, unless it has begun. Returns how its shards are cut. */
  begin({ prefix, size }: Cut): Cut {
    if (this.#isBegun) return this.#run;
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec(TABLES);
      this.#sql.exec('INSERT INTO run (prefix, size) VALUES (?, ?)', prefix, size);
    });
    this.#isBegun = true;
    return { prefix, size };
  }

  /** Lets what failed be tried again. */
  resume(): void {
    if (!this.#isBegun) return;
    this.#sql.exec('DELETE FROM failures');
    this.#sql.exec('UPDATE run SET trouble = NULL, is_stopped = 0');
  }

  async forget(): Promise<void> {
    this.#isBegun = false;
    await this.ctx.storage.deleteAll();
  }

  /** Says from where the bucket is to be listed. */
  listing(): Listing | null {
    if (!this.#isBegun) return null;
    const { prefix, size, listed, is_listed } = this.#run;
    return { prefix, size, listed, isListed: is_listed === 1 };
  }

  /**
   * Adds shards.
   *
   * @param from the last key before theirs: where others have come first, they are added already
   * @param listed the last key that was seen
   */
  append(from: string, listed: string, isListed: boolean, shards: readonly string[][]): void {
    if (!this.#isBegun || this.#run.listed !== from) return;
    this.ctx.storage.transactionSync(() => {
      let { shard } = this.#one<{ shard: number }>(
        'SELECT coalesce(max(shard) + 1, 0) AS shard FROM shards',
      );
      for (const names of shards) {
        const [count, list] = [names.length, JSON.stringify(names)];
        this.#sql.exec('INSERT INTO shards VALUES (?, ?, ?)', shard++, count, list);
      }
      this.#sql.exec('UPDATE run SET listed = ?, is_listed = ?', listed, Number(isListed));
    });
  }

  /** Returns shards that have no result, in order, behind one. */
  missing(after: number, most: number): number[] {
    if (!this.#isBegun) return [];
    const rows = this.#sql.exec<{ shard: number }>(
      `SELECT shard FROM shards WHERE shard > ?
         AND NOT EXISTS (SELECT 1 FROM results WHERE results.shard = shards.shard)
         ORDER BY shard LIMIT ?`,
      after,
      most,
    );
    return [...rows].map(({ shard }) => shard);
  }

  /** Returns the names of a shard's pictures; null where it has its result. */
  open(shard: number): string[] | null {
    if (!this.#isBegun || this.#hasResult(shard)) return null;
    const [row] = this.#sql.exec<{ names: string }>(
      'SELECT names FROM shards WHERE shard = ?',
      shard,
    );
    return row === undefined ? null : JSON.parse(row.names);
  }

  /** Takes the first result of a shard that comes, if it is of the pictures that the shard has. */
  record(shard: number, names: readonly string[], result: ShardResult): void {
    if (!this.#isBegun) return;
    this.#sql.exec(
      `INSERT OR IGNORE INTO results SELECT shard, ? FROM shards WHERE shard = ? AND names = ?`,
      JSON.stringify(result),
      shard,
      JSON.stringify(names),
    );
    this.#sql.exec(
      'DELETE FROM failures WHERE shard = ? AND shard IN (SELECT shard FROM results)',
      shard,
    );
  }

  /** Notes why an attempt at a shard failed, or without one at listing and sending. */
  note(shard: number | null, reason: string): void {
    if (!this.#isBegun) return;
    if (shard === null) this.#sql.exec('UPDATE run SET trouble = ?', reason);
    else if (!this.#hasResult(shard)) this.#fail(shard, reason, 0, 'reason = excluded.reason');
  }

  /** Notes that a shard failed at every attempt, or without one that listing and sending did. */
  giveUp(shard: number | null): void {
    if (!this.#isBegun) return;
    if (shard === null) {
      this.#sql.exec('UPDATE run SET is_stopped = 1, trouble = coalesce(trouble, ?)', SILENT);
    } else if (!this.#hasResult(shard)) {
      this.#fail(shard, SILENT, 1, 'is_final = 1');
    }
  }

  status(): Status | null {
    if (!this.#isBegun) return null;
    const { prefix, size, is_listed, is_stopped, trouble } = this.#run;
    const numbers = this.#one<Pick<Status, 'pictures' | 'shards' | 'counted' | 'failed'>>(
      `SELECT coalesce(sum(pictures), 0) AS pictures, count(*) AS shards,
         (SELECT count(*) FROM results) AS counted,
         (SELECT count(*) FROM failures WHERE is_final = 1) AS failed
         FROM shards`,
    );
    const isDone = is_listed === 1 && numbers.counted + numbers.failed === numbers.shards;
    const isGoing = is_listed === 1 ? 'counting' : 'listing';
    const state = isDone ? 'done' : is_stopped === 1 ? 'stopped' : isGoing;
    return { state, prefix, size, ...numbers, trouble };
  }

  /** Folds what has come so far, in the order of the shards. */
  report(): Report | null {
    if (!this.#isBegun) return null;
    const { count } = this.#one<{ count: number }>(
      'SELECT count(*) AS count FROM failures WHERE is_final = 1',
    );
    const first = this.#sql.exec<Failure>(
      `SELECT shard, pictures, names ->> '$[0]' AS first, names ->> '$[#-1]' AS last, reason
         FROM failures JOIN shards USING (shard) WHERE is_final = 1 ORDER BY shard LIMIT ?`,
      MAX_LISTED,
    );
    return { ...foldResults(this.#results()), failed: { count, first: first.toArray() } };
  }

  *#results(): Generator<ShardResult> {
    const rows = this.#sql.exec<{ result: string }>('SELECT result FROM results ORDER BY shard');
    for (const { result } of rows) yield JSON.parse(result);
  }

  #hasResult(shard: number): boolean {
    return this.#sql.exec('SELECT 1 FROM results WHERE shard = ?', shard).toArray().length > 0;
  }

  #fail(shard: number, reason: string, isFinal: 0 | 1, change: string): void {
    this.#sql.exec(
      `INSERT INTO failures VALUES (?, ?, ?) ON CONFLICT (shard) DO UPDATE SET ${change}`,
      shard,
      reason,
      isFinal,
    );
  }

  get #run(): Run {
    return this.#one('SELECT * FROM run');
  }

  #one<Row>(statement: string): Row {
    return this.#sql.exec<Row>(statement).one();
  }
}

interface Run extends Cut {
  readonly listed: string;
  readonly is_listed: 0 | 1;
  readonly trouble: string | null;
  readonly is_stopped: 0 | 1;
}
