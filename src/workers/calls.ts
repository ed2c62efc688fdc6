import type { Gradients, GradientsLists } from '../kernels/compiled-gradients.ts';
import type { Kernels, KernelsLists } from '../kernels/compiled-kernels.ts';
import type { Pixels, PixelsLists } from '../kernels/compiled-pixels.ts';
import type { Parameter } from './crew.ts';
import type { Job } from './job.ts';
import type { Pieces } from './pieces.ts';

export type AllKernels = Kernels & Gradients & Pixels;

/** The parameters of each kernel, as the compiler declared them. */
export type Lists = KernelsLists & GradientsLists & PixelsLists;

type Words<List> = List extends `${infer First} ${infer Others}` ? First | Words<Others> : List;

/** The parameters of a call, by their names. */
export type Call<Name extends keyof Lists> = Readonly<
  Record<Extract<Words<Lists[Name]>, string>, number>
>;

/** What a parameter is for the pieces of a call; or what it is, given its value for all of it. */
export type Way = Parameter | ((value: number) => Parameter);

/** Ways by the names of parameters. */
export type Ways = { readonly [Name in Extract<Words<Lists[keyof Lists]>, string>]?: Way };

/**
 * Does a call in pieces, and returns true.
 *
 * @param elements how many a unit of work has
 * @param channels how many lines, sums and weights it has
 * @param ways those of parameters that do not go the way of their names, as `waysOf` has it
 * @param cleared how many bytes from the first parameter on are set to 0 before a piece
 */
export type Deal = (
  pieces: Pieces,
  elements: number,
  channels: number,
  ways?: Ways,
  cleared?: number,
) => true;

/**
 * Does with all threads what a call of a kernel does, with the same bits; returns false, having
 * done nothing, where one thread should do it.
 */
export type Cut<OwnCall> = (call: OwnCall, deal: Deal, job: Job) => boolean;
