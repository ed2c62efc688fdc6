import type { Gradients, GradientsLists } from '../kernels/compiled-gradients.ts';
import type { Kernels, KernelsLists } from '../kernels/compiled-kernels.ts';
import type { Pixels, PixelsLists } from '../kernels/compiled-pixels.ts';
import type { Vectors, VectorsLists } from '../kernels/compiled-vectors.ts';
import type { Parameter } from './crew.ts';

export type AllKernels = Kernels & Gradients & Pixels & Vectors;

/** The parameters of each kernel, as the compiler declared them. */
export type Lists = KernelsLists & GradientsLists & PixelsLists & VectorsLists;

type Words<List> = List extends `${infer First} ${infer Others}` ? First | Words<Others> : List;

/** The parameters of a call, by their names. */
export type Call<Name extends keyof Lists> = Readonly<
  Record<Extract<Words<Lists[Name]>, string>, number>
>;

/** What parameters are for the pieces of a call, by their names. */
export type Ways = { readonly [Name in Extract<Words<Lists[keyof Lists]>, string>]?: Parameter };
