import * as columns from './columns.ts';
import type { Job } from './job.ts';
import * as pixels from './pixels.ts';
import * as rows from './rows.ts';

/**
 * Does with all threads what a call of a kernel does, with the same bits; says false, and does
 * nothing, where one thread should do it.
 */
export type Cut = (job: Job, ...parameters: number[]) => boolean;

/** How the work of kernels is cut, by their names. */
export const CUTS: Readonly<Record<string, Cut>> = { ...rows, ...columns, ...pixels };
