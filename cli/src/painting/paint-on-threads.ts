import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ImageLike } from 'wasm-norm';
import type { Network } from '../../paint/network/network.ts';
import type { Canvas } from '../../paint/network/picture.ts';
import { storeSizes } from '../../paint/paint.ts';
import { loadNetwork } from './load-network.ts';
import type { PainterStart, ToPainter } from './painter.ts';
import { Part, type Shared, type TileResult } from './part.ts';

/** How a photograph is painted. */
export interface PaintingOptions {
  /** The numbers of a style. */
  readonly style: readonly number[];
  readonly strength: number;
  readonly threads: number;
  /** Bytes of layers that are kept in memory; where they take more they are kept in files. */
  readonly memory: number;
}

/**
 * Paints a photograph on several threads, this one among them: the same bits as on one.
 *
 * @throws Error where a thread ends before its work
 */
export async function paintOnThreads(
  photograph: ImageLike,
  { style, strength, threads, memory }: PaintingOptions,
): Promise<Canvas> {
  const { width, height } = photograph;
  const network = await loadNetwork();
  const { kept, keepsLarge } = await choosePlace(network, photograph, memory);
  const source = new SharedArrayBuffer(4 * width * height);
  new Uint8Array(source).set(photograph.data);
  const result = new SharedArrayBuffer(source.byteLength);
  const shared: Shared = {
    width,
    height,
    photograph: source,
    result,
    style,
    strength,
    kept,
    keepsLarge,
  };
  const others = Array.from(
    { length: threads - 1 },
    (_, i) => new Painter({ shared, index: i + 1, parts: threads }),
  );
  const part = new Part(network, shared, 0, threads);
  try {
    let before: readonly TileResult[] = [];
    for (const pass of part.passes) {
      const answers = others.map((other) => other.run(before));
      const own = part.run(pass);
      before = [own, ...(await Promise.all(answers))].flat();
      part.end(pass, before);
      // All threads have opened the files: they go with the process, even if it is killed.
      if (pass === part.passes[0]) await removeFiles(kept).catch(() => {});
    }
  } finally {
    part.close();
    await Promise.all(others.map((other) => other.close()));
    await removeFiles(kept);
  }
  return { data: new Uint8ClampedArray(shared.result), width, height };
}

/** Removes the folder of files; a system that keeps open files refuses until they are closed. */
async function removeFiles(kept: Shared['kept']): Promise<void> {
  if (typeof kept === 'string') await rm(kept, { recursive: true, force: true });
}

/**
 * Chooses what keeps layers. Of a photograph of 24 megapixels all take 3.7 GB, and files of them
 * are written and read in 2/3 of the time that it takes to find the large ones anew; where the disk
 * has not twice the room, the small ones alone take 1.4 GB.
 */
async function choosePlace(
  network: Network,
  photograph: ImageLike,
  memory: number,
): Promise<Pick<Shared, 'kept' | 'keepsLarge'>> {
  const all = storeSizes(network, photograph, true);
  const bytes = 4 * all.reduce((sum, size) => sum + size, 0);
  if (bytes <= memory) {
    return { kept: all.map((size) => new SharedArrayBuffer(4 * size)), keepsLarge: true };
  }
  const { bavail, bsize } = await statfs(tmpdir());
  const kept = await mkdtemp(join(tmpdir(), 'wasm-norm-'));
  return { kept, keepsLarge: bavail * bsize >= 2 * bytes };
}

/** A thread that does its share of each pass. */
class Painter {
  readonly #worker: Worker;
  /** Rejects where the thread fails. */
  readonly #failure: Promise<never>;

  constructor(start: PainterStart) {
    this.#worker = new Worker(new URL('./painter.js', import.meta.url), { workerData: start });
    this.#failure = new Promise((_, reject) => {
      this.#worker.on('error', reject);
    });
    this.#failure.catch(() => {});
  }

  /** Does the next pass, given what came of the one before. */
  run(before: ToPainter): Promise<readonly TileResult[]> {
    const answer = new Promise<readonly TileResult[]>((resolve) => {
      this.#worker.once('message', resolve);
    });
    this.#worker.postMessage(before);
    return Promise.race([answer, this.#failure]);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
