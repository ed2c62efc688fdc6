import { type LoadedKeys, loadState, type StateEntry } from '../checkpoints/state-dict.ts';
import { checkBoolean, checkOptions } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import type { AnyGradients, Gradients } from '../passes/gradients.ts';
import { readLengths } from '../tensor/channels.ts';
import { readGradOutput } from '../tensor/grad-output.ts';
import { type Mask, readMask } from '../tensor/mask.ts';
import { sameShape } from '../tensor/shape.ts';
import {
  type AnyData,
  type AnyOut,
  type AnyTensor,
  type CheckedTensor,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorData,
  type TensorLike,
} from '../tensor/tensor.ts';
import {
  type DeviationOptions,
  readStatisticsCall,
  type StatisticsCall,
  type StatisticsOptions,
} from './statistics-options.ts';

/** Options of a layer's `forward`. RMSNorm has no mean, and refuses outMean and correction. */
export interface ForwardOptions<Y extends FloatData = AnyData>
  extends DeviationOptions,
    StatisticsOptions {
  /** Where to write the result; x itself is allowed, but then there is no `backward`. */
  readonly out?: TensorLike<Y> | undefined;
  /** Which elements take part, as the layer's function takes it. `backward` remembers it. */
  readonly mask?: Mask | null | undefined;
}

/** Options of a layer's `backward`. What is absent is taken from the last `forward`. */
export interface BackwardOptions extends DeviationOptions {
  /** The input of the call that the gradient belongs to, where that was not the last one. */
  readonly input?: TensorLike<FloatData> | undefined;
  /** Whether that call ran in training mode. */
  readonly training?: boolean | undefined;
  /** The mask that the call was given; null, or lengths beside it: none. */
  readonly mask?: Mask | null | undefined;
}

/** Options of a layer's `loadStateDict`. */
export interface LoadStateDictOptions {
  /** What the layer's keys begin with in the dictionary, for example 'model.norm1.'. */
  readonly prefix?: string | undefined;
  /** Whether missing and unexpected keys are refused; true by default. */
  readonly strict?: boolean | undefined;
}

/** What a forward pass depends on beside its input. */
export interface Mode {
  readonly training: boolean;
  readonly lengths: readonly number[] | null;
  readonly mask: Uint8Array | null;
  /** The options of the statistics; null: none was given. */
  readonly statistics: StatisticsCall | null;
}

const FORWARD_OPTIONS = ['out', 'mask', 'outMean', 'outRstd', 'correction', 'epsMode'];
const BACKWARD_OPTIONS = ['input', 'mask', 'training', 'correction', 'epsMode'];

/** How many elements of an input are remembered, to tell whether it was overwritten. */
const PROBES = 32;

interface Pass {
  readonly x: CheckedTensor;
  readonly mode: Mode;
  readonly probes: readonly number[];
}

/** What all layers share: a mode, gradients of a forward pass, and a state to save. */
export abstract class Layer {
  #training = true;
  #last: Pass | null = null;

  /** Whether it is in training mode, as it is at first, or in eval mode. */
  get training(): boolean {
    return this.#training;
  }

  /**
   * Sets training mode, or with `false` eval mode.
   *
   * @throws TypeError where `mode` is neither true nor false.
   */
  train(mode = true): this {
    checkBoolean(mode, 'mode');
    this.#training = mode;
    return this;
  }

  /** Sets eval mode. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Normalizes a tensor. `backward` refers to it later: it is not copied.
   *
   * @param x of a shape that the layer's function takes
   * @returns `out`, or a new tensor of x's shape
   * @throws TypeError where an argument is of the wrong kind, RangeError where it
   *   is of the wrong size or value; nothing has been written then.
   */
  forward<D extends FloatData, Y extends FloatData = D>(
    x: TensorLike<D>,
    options: ForwardOptions<Y> = {},
  ): Tensor<Plain<Y>> {
    checkOptions(options, this.forwardOptions);
    const { out, lengths, mask } = options as ForwardOptions & { readonly lengths?: unknown };
    const statistics = readStatisticsCall(options);
    const input = readElements(x, 'x');
    this.checkInput(input, 'x');
    const mode = {
      training: this.#training,
      lengths: readLengths(lengths),
      mask: readMask(mask, 'mask'),
      statistics,
    };
    const probes = probe(input.data);
    const result = this.run(input, mode, out);
    this.#last = { x: input, mode, probes };
    return result;
  }

  /**
   * Finds the gradients of the last `forward`, in the mode that it ran in, or of the call
   * that the options tell.
   *
   * @param gradOutput the gradient of a loss with respect to its result
   * @throws Error where there was no forward pass, or its input has been
   *   overwritten since; TypeError, RangeError where an argument is of the wrong kind, or
   *   gradOutput is of another shape than the input.
   */
  backward<D extends FloatData>(
    gradOutput: TensorLike<D>,
    options: BackwardOptions = {},
  ): Gradients<Plain<D>> {
    checkOptions(options, this.backwardOptions);
    const last = this.#last?.mode;
    const {
      input,
      training = last?.training ?? this.#training,
      lengths,
      mask,
      correction = last?.statistics?.correction,
      epsMode = last?.statistics?.epsMode,
    } = options as BackwardOptions & { readonly lengths?: unknown };
    checkBoolean(training, 'training');
    const statistics = readStatisticsCall({ correction, epsMode });
    const mode = {
      training,
      // Each excludes the other, also that of the last call.
      lengths: lengths === undefined && !mask ? (last?.lengths ?? null) : readLengths(lengths),
      mask: mask === undefined && !lengths ? (last?.mask ?? null) : readMask(mask, 'mask'),
      statistics,
    };
    const gradient = readGradOutput(gradOutput);
    if (input === undefined) return this.differentiate(gradient, this.#lastInput(gradient), mode);
    const x = readElements(input, 'input');
    this.checkInput(x, 'input');
    return this.differentiate(gradient, x, mode);
  }

  /** Returns the input of the last `forward`, which a gradient must fit. */
  #lastInput({ shape }: CheckedTensor): CheckedTensor {
    if (this.#last === null) {
      throw new Error('backward: expected a forward pass before it, got none');
    }
    const { x, probes } = this.#last;
    if (!sameShape(shape, x.shape)) {
      const expected = `shape [${x.shape.join(', ')}] of the last forward, or the option input`;
      refuseValue('gradOutput', expected, `[${shape.join(', ')}]`);
    }
    if (!sameValues(probes, probe(x.data))) {
      throw new Error(
        'backward: expected the input of the forward pass as it was, ' +
          'got one that has been overwritten since (by out: x, or an arena that was reset)',
      );
    }
    return x;
  }

  /**
   * Returns copies of its parameters and buffers, by PyTorch's names. They are float32, and
   * num_batches_tracked is an int64 of no dimensions, as in PyTorch.
   */
  stateDict(): Record<string, AnyTensor> {
    return Object.fromEntries(this.stateEntries().map(({ name, copy }) => [name, copy()]));
  }

  /**
   * Copies parameters and buffers from a dictionary with PyTorch's names.
   *
   * @param dict tensors by name, as {@link stateDict} or readSafetensors returns them
   * @returns the keys that did not fit, as PyTorch does: all are empty where it is strict
   * @throws RangeError that lists all missing and unexpected keys (unless not
   *   strict) and all tensors of the wrong shape; TypeError where an entry is no
   *   tensor. Nothing has been written then.
   */
  loadStateDict(
    dict: Readonly<Record<string, TensorLike<TensorData>>>,
    options: LoadStateDictOptions = {},
  ): LoadedKeys {
    return loadState(this.stateEntries(), dict, options);
  }

  /** The names of the options that `forward` takes. */
  protected get forwardOptions(): readonly string[] {
    return FORWARD_OPTIONS;
  }

  /** The names of the options that `backward` takes. */
  protected get backwardOptions(): readonly string[] {
    return BACKWARD_OPTIONS;
  }

  /** Refuses an input that the layer was not made for, where a function would take it. */
  protected checkInput(_x: CheckedTensor, _name: string): void {}

  /** Normalizes an input that was checked. */
  protected abstract run(x: CheckedTensor, mode: Mode, out: AnyOut): AnyTensor;

  /** Finds the gradients of {@link run}. */
  protected abstract differentiate(
    gradOutput: CheckedTensor,
    x: CheckedTensor,
    mode: Mode,
  ): AnyGradients;

  protected abstract stateEntries(): readonly StateEntry[];
}

/** Copies a few elements from all over an array. */
function probe(data: Elements): readonly number[] {
  const { length } = data;
  const count = Math.min(PROBES, length);
  const step = length / count;
  // A quotient for each, and an array that grows, take twice the time.
  const probes = new Array<number>(count);
  for (let i = 0; i < count; i++) probes[i] = data[Math.floor(i * step)] as number;
  return probes;
}

function sameValues(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
