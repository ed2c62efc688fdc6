// What users can import, and, without `export`, the types that these are made of. In alphabetical
// order. npm run api writes this file. A change of it is a change for users.
// biome-ignore-all lint/suspicious/noExplicitAny: as it is declared

export interface AdaptiveInstanceNormOptions<Y extends FloatData = AnyData> extends LayoutOption {
  readonly alpha?: number | undefined;
  readonly eps?: number | undefined;
  readonly correction?: 0 | 1 | undefined;
  readonly contentMask?: Mask | null | undefined;
  readonly styleMask?: Mask | null | undefined;
  readonly out?: TensorLike<Y> | undefined;
}

export type AnyData = any;

export interface AnyImage {
  readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
}

export type AnyTensor = Tensor<AnyData>;

export declare class Arena {
  constructor(byteLength: number);
  get capacity(): number;
  get used(): number;
  tensor<D extends FloatData = Float32Array>(
    source: readonly number[] | TensorLike<D>,
  ): Tensor<Plain<D>>;
  tensor(
    source: readonly number[] | TensorLike<FloatData>,
    options: {
      readonly dtype: 'float32';
    },
  ): Tensor;
  tensor(
    source: readonly number[] | TensorLike<FloatData>,
    options: {
      readonly dtype: 'float16' | 'bfloat16';
    },
  ): Tensor<Uint16Array>;
  image(width: number, height: number): Image;
  reset(): void;
}

export interface AxesOption {
  readonly axes?: readonly number[] | null | undefined;
}

export interface BackwardOptions extends DeviationOptions {
  readonly input?: TensorLike<FloatData> | undefined;
  readonly training?: boolean | undefined;
  readonly mask?: Mask | null | undefined;
}

export declare class BatchNorm extends ChannelLayer {
  constructor(numFeatures: number, options?: ChannelLayerOptions);
  setRunningStats(moments: ChannelMomentsLike): void;
}

export interface BatchNormOptions<Y extends FloatData = AnyData> extends ChannelNormOptions<Y> {
  readonly training?: boolean | undefined;
}

export declare class BatchNormSums {
  readonly numFeatures: number;
  constructor(numFeatures: number);
  static fromJSON(json: BatchNormSumsJSON): BatchNormSums;
  get count(): number;
  get gradients(): Float64Array;
  get products(): Float64Array;
  update(
    gradOutput: TensorLike<FloatData>,
    x: TensorLike<FloatData>,
    moments: ChannelMomentsLike,
    options?: BatchNormSumsOptions,
  ): this;
  merge(other: BatchNormSumsLike): this;
  toJSON(): BatchNormSumsJSON;
}

export interface BatchNormSumsJSON {
  readonly count: number;
  readonly gradients: readonly (number | string)[];
  readonly products: readonly (number | string)[];
}

export interface BatchNormSumsLike {
  readonly numFeatures: number;
  toJSON(): BatchNormSumsJSON;
}

export interface BatchNormSumsOptions extends UpdateOptions {
  readonly eps?: number | undefined;
}

export interface ChannelBackwardOptions extends BackwardOptions {
  readonly lengths?: ArrayLike<number> | null | undefined;
}

export interface ChannelForwardOptions<Y extends FloatData = AnyData> extends ForwardOptions<Y> {
  readonly lengths?: ArrayLike<number> | null | undefined;
}

export declare abstract class ChannelLayer extends Layer {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly unbiased: boolean;
  readonly layout: Layout;
  trackRunningStats: boolean;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  readonly runningMean: Float32Array | null;
  readonly runningVar: Float32Array | null;
  numBatchesTracked: number;
  constructor(
    numFeatures: number,
    defaults: {
      readonly affine: boolean;
      readonly trackRunningStats: boolean;
    },
    options: ChannelLayerOptions,
  );
  forward<D extends FloatData, Y extends FloatData = D>(
    x: TensorLike<D>,
    options?: ChannelForwardOptions<Y>,
  ): Tensor<Plain<Y>>;
  backward<D extends FloatData>(
    gradOutput: TensorLike<D>,
    options?: ChannelBackwardOptions,
  ): Gradients<Plain<D>>;
  resetRunningStats(): void;
}

export interface ChannelLayerOptions {
  readonly eps?: number | undefined;
  readonly momentum?: number | null | undefined;
  readonly affine?: boolean | undefined;
  readonly trackRunningStats?: boolean | undefined;
  readonly unbiased?: boolean | undefined;
  readonly layout?: Layout | undefined;
}

export declare class ChannelMoments {
  readonly numFeatures: number;
  constructor(numFeatures: number);
  static fromJSON(json: ChannelMomentsJSON): ChannelMoments;
  get count(): number;
  get mean(): Float64Array;
  variance(options?: VarianceOptions): Float64Array;
  std(options?: VarianceOptions): Float64Array;
  update(x: TensorLike<FloatData>, options?: UpdateOptions): this;
  merge(other: ChannelMomentsLike): this;
  toJSON(): ChannelMomentsJSON;
}

export interface ChannelMomentsJSON {
  readonly count: number;
  readonly mean: readonly (number | string)[];
  readonly squares: readonly (number | string)[];
  readonly rest: readonly (number | string)[];
}

export interface ChannelMomentsLike {
  readonly numFeatures: number;
  toJSON(): ChannelMomentsJSON;
}

export interface ChannelNormOptions<Y extends FloatData = AnyData>
  extends NormOptions<Y>,
    LayoutOption,
    LengthsOption,
    MaskOption,
    DeviationOptions,
    StatisticsOptions {
  readonly runningMean?: Parameter | null | undefined;
  readonly runningVar?: Parameter | null | undefined;
  readonly momentum?: number | undefined;
  readonly unbiased?: boolean | undefined;
}

export interface DeviationOptions extends EpsModeOption {
  readonly correction?: 0 | 1 | undefined;
}

export type Dtype = 'float32' | 'float16' | 'bfloat16' | 'int64';

export interface ElementType {
  readonly dtype?: string | undefined;
  readonly type?: string | undefined;
}

export interface ElementsMaskOption {
  readonly mask?: Mask | null | undefined;
}

export type EpsMode = 'variance' | 'std';

export interface EpsModeOption {
  readonly epsMode?: EpsMode | undefined;
}

export type FileOf = (
  fileName: string,
) => SliceableFile | null | undefined | Promise<SliceableFile | null | undefined>;

export interface FileSlice {
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface Float16Data extends ArrayBufferView {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly BYTES_PER_ELEMENT: number;
  readonly length: number;
  [index: number]: number;
}

export type FloatData = Float32Array | Uint16Array | Float16Data;

export interface FoldBatchNormOptions<D extends FloatData = Float32Array> {
  readonly weight: TensorLike<D>;
  readonly bias?: Weights | null | undefined;
  readonly transposed?: boolean | undefined;
  readonly groups?: number | undefined;
}

export interface Folded<D extends FloatData = Float32Array> {
  readonly weight: Tensor<D>;
  readonly bias: Tensor<D>;
}

export interface ForwardOptions<Y extends FloatData = AnyData>
  extends DeviationOptions,
    StatisticsOptions {
  readonly out?: TensorLike<Y> | undefined;
  readonly mask?: Mask | null | undefined;
}

export interface Gradients<D extends FloatData = Float32Array> {
  readonly input: Tensor<D>;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
}

export declare class GroupNorm extends Layer {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly layout: Layout;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  constructor(numGroups: number, numChannels: number, options?: GroupNormLayerOptions);
}

export interface GroupNormLayerOptions {
  readonly eps?: number | undefined;
  readonly affine?: boolean | undefined;
  readonly layout?: Layout | undefined;
}

export interface GroupNormOptions<Y extends FloatData = AnyData>
  extends NormOptions<Y>,
    LayoutOption,
    MaskOption,
    DeviationOptions,
    StatisticsOptions {}

export interface Image extends ImageLike {
  readonly data: ReturnType<typeof Uint8ClampedArray.of>;
}

export interface ImageLike {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

export declare class ImageMoments {
  readonly space: Space;
  constructor(space?: Space);
  static fromJSON(json: ImageMomentsJSON): ImageMoments;
  get count(): number;
  get mean(): Float64Array;
  variance(options?: VarianceOptions): Float64Array;
  std(options?: VarianceOptions): Float64Array;
  merge(other: ImageMoments): this;
  toJSON(): ImageMomentsJSON;
}

export type ImageMomentsJSON = {
  readonly space: Space;
  readonly count: number;
} & (WholeSumsJSON | RealSumsJSON);

export interface ImageMomentsOptions {
  readonly space?: Space | undefined;
  readonly mask?: Uint8Array | null | undefined;
}

export interface ImageToTensorOptions extends NormalizationOptions {
  readonly out?: TensorLike | null | undefined;
}

export declare class InstanceNorm extends ChannelLayer {
  constructor(numFeatures: number, options?: ChannelLayerOptions);
}

export interface InstanceNormOptions<Y extends FloatData = AnyData> extends ChannelNormOptions<Y> {
  readonly weight?: Weights | null | undefined;
  readonly bias?: Weights | null | undefined;
  readonly useInputStats?: boolean | undefined;
}

export type KeptDtypes = 'float32' | 'keep';

export declare abstract class Layer {
  get training(): boolean;
  train(mode?: boolean): this;
  eval(): this;
  forward<D extends FloatData, Y extends FloatData = D>(
    x: TensorLike<D>,
    options?: ForwardOptions<Y>,
  ): Tensor<Plain<Y>>;
  backward<D extends FloatData>(
    gradOutput: TensorLike<D>,
    options?: BackwardOptions,
  ): Gradients<Plain<D>>;
  stateDict(): Record<string, AnyTensor>;
  loadStateDict(
    dict: Readonly<Record<string, TensorLike<TensorData>>>,
    options?: LoadStateDictOptions,
  ): LoadedKeys;
}

export declare class LayerNorm extends Layer {
  readonly normalizedShape: readonly number[];
  readonly axes: readonly number[] | null;
  readonly eps: number;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  constructor(normalizedShape: NormalizedShape, options?: LayerNormLayerOptions);
}

export interface LayerNormLayerOptions extends AxesOption {
  readonly eps?: number | undefined;
  readonly elementwiseAffine?: boolean | undefined;
  readonly bias?: boolean | undefined;
}

export interface LayerNormOptions<Y extends FloatData = AnyData>
  extends NormOptions<Y>,
    AxesOption,
    ElementsMaskOption,
    DeviationOptions,
    StatisticsOptions {}

export type Layout = 'nchw' | 'nhwc';

interface LayoutOption {
  readonly layout?: Layout | undefined;
}

interface LengthsOption {
  readonly lengths?: ArrayLike<number> | null | undefined;
}

export interface LoadStateDictOptions {
  readonly prefix?: string | undefined;
  readonly strict?: boolean | undefined;
}

export interface LoadedKeys {
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
}

export type Mask = Uint8Array | readonly boolean[];

export interface MaskOption {
  readonly mask?: Mask | null | undefined;
}

export type Metadata = Readonly<Record<string, string>>;

interface NormOptions<Y extends FloatData = AnyData> {
  readonly weight?: Weights | null | undefined;
  readonly bias?: Weights | null | undefined;
  readonly eps?: number | undefined;
  readonly out?: TensorLike<Y> | undefined;
}

export interface NormalizationOptions {
  readonly mean?: number | readonly number[] | undefined;
  readonly std?: number | readonly number[] | undefined;
  readonly layout?: Layout | undefined;
}

export interface NormalizeOptions<Y extends FloatData = AnyData> {
  readonly p?: number | undefined;
  readonly axes?: readonly number[] | null | undefined;
  readonly eps?: number | undefined;
  readonly out?: TensorLike<Y> | undefined;
}

export type NormalizedShape = number | readonly number[];

export interface OpenSafetensors {
  readonly metadata: Readonly<Record<string, unknown>>;
  keys(): string[];
  info(key: string): Promise<TensorInfo>;
  read(key: string): Promise<AnyTensor>;
}

export interface OpenSafetensorsOptions {
  readonly dtypes?: KeptDtypes | undefined;
}

export interface OutRstdOption {
  readonly outRstd?: Float32Array | null | undefined;
}

export type Parameter = Float32Array | TensorLike;

export type Plain<D> = D extends Float32Array
  ? Float32Array
  : D extends Uint16Array
    ? Uint16Array
    : D;

export declare class RMSNorm extends Layer {
  readonly normalizedShape: readonly number[];
  readonly axes: readonly number[] | null;
  readonly eps: number;
  readonly weight: Float32Array | null;
  constructor(normalizedShape: NormalizedShape, options?: RMSNormLayerOptions);
}

export interface RMSNormLayerOptions extends AxesOption {
  readonly eps?: number | undefined;
  readonly elementwiseAffine?: boolean | undefined;
}

export interface RMSNormOptions<Y extends FloatData = AnyData>
  extends Pick<NormOptions<Y>, 'weight' | 'out'>,
    AxesOption,
    ElementsMaskOption,
    EpsModeOption,
    OutRstdOption {
  readonly eps?: number | undefined;
}

export interface ReadSafetensorsOptions {
  readonly keys?: readonly string[] | ((name: string) => unknown) | undefined;
  readonly dtypes?: KeptDtypes | undefined;
  readonly unknown?: 'refuse' | 'skip' | undefined;
}

export interface RealSumsJSON {
  readonly mean: readonly number[];
  readonly squares: readonly number[];
}

export interface RestyleOptions<Out extends ImageLike = Image> {
  readonly strength?: number | undefined;
  readonly space?: Space | undefined;
  readonly contentMask?: Uint8Array | null | undefined;
  readonly styleMask?: Uint8Array | null | undefined;
  readonly contentMoments?: ImageMoments | null | undefined;
  readonly out?: Out | null | undefined;
}

export declare class RevIN {
  readonly numFeatures: number;
  readonly eps: number;
  readonly subtractLast: boolean;
  readonly layout: Layout;
  readonly affineWeight: Float32Array | null;
  readonly affineBias: Float32Array | null;
  constructor(numFeatures: number, options?: RevINOptions);
  normalize<D extends FloatData, Y extends FloatData = D>(
    x: TensorLike<D>,
    options?: RevINNormalizeOptions<Y>,
  ): Tensor<Plain<Y>>;
  denormalize<D extends FloatData, Y extends FloatData = D>(
    y: TensorLike<D>,
    options?: RevINCallOptions<Y>,
  ): Tensor<Plain<Y>>;
  backward<D extends FloatData>(gradOutput: TensorLike<D>): Gradients<Plain<D>>;
  stateDict(): Record<string, AnyTensor>;
  loadStateDict(
    dict: Readonly<Record<string, TensorLike<TensorData>>>,
    options?: LoadStateDictOptions,
  ): LoadedKeys;
}

export interface RevINCallOptions<Y extends FloatData = AnyData> {
  readonly out?: TensorLike<Y> | undefined;
}

export interface RevINNormalizeOptions<Y extends FloatData = AnyData>
  extends RevINCallOptions<Y>,
    MaskOption {}

export interface RevINOptions {
  readonly eps?: number | undefined;
  readonly affine?: boolean | undefined;
  readonly subtractLast?: boolean | undefined;
  readonly layout?: Layout | undefined;
}

export type SafetensorsDict = Record<string, AnyTensor> & {
  readonly __metadata__?: Metadata;
};

export interface SafetensorsIndex {
  readonly metadata?: unknown;
  readonly weight_map: Readonly<Record<string, string>>;
}

export declare class SharedArena extends Arena {
  readonly ready: Promise<void>;
  constructor(byteLength: number, options?: SharedArenaOptions);
  get threads(): number;
  get reason(): string | null;
  close(): void;
}

export interface SharedArenaOptions {
  readonly threads?: number | undefined;
  readonly workerUrl?: string | WorkerUrl | undefined;
}

export interface SliceableFile {
  readonly size: number;
  slice(start: number, end: number): FileSlice;
}

export type Space = 'rgb' | 'oklab' | 'lab';

export interface StatisticsOptions extends OutRstdOption {
  readonly outMean?: Float32Array | null | undefined;
}

export type SyncBatchNormOptions<Y extends FloatData = AnyData> = Omit<
  ChannelNormOptions<Y>,
  'outMean' | 'outRstd' | 'correction' | 'epsMode'
>;

export declare class Tensor<D extends TensorData = Float32Array> {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly data: D;
  constructor(
    data: Float32Array extends D ? Float32Array : never,
    shape: readonly number[],
    options?: TensorOptions,
  );
  constructor(data: D, shape: readonly number[], options?: TensorOptions);
  get dims(): readonly number[];
  get size(): number;
}

export type TensorData = FloatData | BigInt64Array;

export interface TensorInfo {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

export type TensorLike<D = Float32Array> =
  | (ElementType & {
      readonly data: D;
      readonly shape: readonly number[];
    })
  | (ElementType & {
      readonly data: D;
      readonly dims: readonly number[];
    });

export interface TensorOptions {
  readonly dtype?: Dtype | undefined;
}

export interface TensorToImageOptions<Out extends ImageLike = Image> extends NormalizationOptions {
  readonly out?: Out | null | undefined;
}

export interface TissueMaskOptions {
  readonly threshold?: number | undefined;
}

export interface UpdateOptions extends LayoutOption, LengthsOption, MaskOption {}

export interface VarianceOptions {
  readonly unbiased?: boolean | undefined;
}

export type Weights = Float32Array | TensorLike<FloatData>;

export interface WholeSumsJSON {
  readonly sums: readonly string[];
  readonly squares: readonly string[];
}

export interface WorkerUrl {
  readonly href: string;
}

export interface WriteSafetensorsOptions {
  readonly metadata?: Metadata | null | undefined;
}

export declare function adaptiveInstanceNorm<D extends FloatData, Y extends FloatData = D>(
  content: TensorLike<D>,
  style: TensorLike<FloatData>,
  options?: AdaptiveInstanceNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function batchNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  options?: BatchNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function batchNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  options?: BatchNormOptions<Y>,
): Gradients<Plain<Y>>;

export declare function foldBatchNorm<D extends FloatData>(
  norm: BatchNorm,
  options: FoldBatchNormOptions<D>,
): Folded<Plain<D>>;

export declare function groupNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  numGroups: number,
  options?: GroupNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function groupNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  numGroups: number,
  options?: GroupNormOptions<Y>,
): Gradients<Plain<Y>>;

export declare function imageMoments(image: AnyImage, options?: ImageMomentsOptions): ImageMoments;

export declare function imageToTensor(
  image: ImageLike | readonly ImageLike[],
  options?: ImageToTensorOptions,
): Tensor;

export declare function instanceNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  options?: InstanceNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function instanceNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  options?: InstanceNormOptions<Y>,
): Gradients<Plain<Y>>;

export declare function layerNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options?: LayerNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function layerNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options?: LayerNormOptions<Y>,
): Gradients<Plain<Y>>;

export declare function normalize<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  options?: NormalizeOptions<Y>,
): Tensor<Plain<Y>>;

export declare function normalizeBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  options?: NormalizeOptions<Y>,
): Gradients<Plain<Y>>;

export declare function openSafetensors(
  index: SafetensorsIndex,
  fileOf: FileOf,
  options?: OpenSafetensorsOptions,
): Promise<OpenSafetensors>;
export declare function openSafetensors(
  file: SliceableFile,
  options?: OpenSafetensorsOptions,
): Promise<OpenSafetensors>;

export declare function readSafetensors(
  bytes: Uint8Array | ArrayBuffer,
  options?: ReadSafetensorsOptions,
): Record<string, AnyTensor>;

export declare function ready(): Promise<void>;

export declare function restyle<Out extends ImageLike = Image>(
  content: ImageLike,
  style: AnyImage | ImageMoments,
  options?: RestyleOptions<Out>,
): Out;

export declare function rmsNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options?: RMSNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function rmsNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options?: RMSNormOptions<Y>,
): Gradients<Plain<Y>>;

export declare function syncBatchNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  moments: ChannelMomentsLike,
  options?: SyncBatchNormOptions<Y>,
): Tensor<Plain<Y>>;

export declare function syncBatchNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  moments: ChannelMomentsLike,
  sums: BatchNormSumsLike,
  options?: SyncBatchNormOptions<Y>,
): Gradients<Plain<Y>>;

export declare function tensorToImage<Out extends ImageLike = Image>(
  tensor: TensorLike,
  options?: TensorToImageOptions<Out>,
): Out;

export declare function tissueMask(
  image: ImageLike,
  options?: TissueMaskOptions,
): ReturnType<typeof Uint8Array.of>;

export declare function writeSafetensors(
  tensors: Readonly<Record<string, TensorLike<TensorData>>>,
  options?: WriteSafetensorsOptions,
): ReturnType<typeof Uint8Array.of>;
