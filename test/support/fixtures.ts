import { Tensor } from '../../src/index.ts';
import { readJson } from './json-files.ts';

/** Reads test/fixtures/<name>.json. */
export function readFixture<Content>(name: string): Content {
  return readJson(`fixtures/${name}`) as Content;
}

/** A tensor as a fixture holds it. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function toTensor({ shape, data }: Values): Tensor {
  return new Tensor(Float32Array.from(data), shape);
}

/** One call of a layer: what PyTorch's layer returned, and its statistics after the call. */
export interface LayerStep {
  readonly mode: 'train' | 'eval';
  readonly input: Values;
  readonly output: readonly number[];
  readonly runningMean?: readonly number[];
  readonly runningVar?: readonly number[];
  readonly numBatchesTracked?: number;
}

/** A layer of PyTorch that was called several times. */
export interface LayerCase<Options> {
  readonly name: string;
  readonly options: Options;
  readonly weight?: readonly number[];
  readonly bias?: readonly number[];
  readonly steps: readonly LayerStep[];
}

/** A function of PyTorch that was called once; `after` holds the arrays that it updated. */
export interface FunctionCase<Options> {
  readonly name: string;
  readonly input: Values;
  readonly options: Options;
  readonly arrays: Readonly<Record<string, readonly number[]>>;
  readonly output: readonly number[];
  readonly after: Readonly<Record<string, readonly number[]>>;
}
