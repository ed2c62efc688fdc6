import { compile, instantiateSync } from '#host';

/**
 * The exports of the module, as `assembly/` declares them. Addresses are bytes,
 * counts are elements, address 0 means absent.
 */
export interface Kernels {
  addMoments(
    states: number,
    x: number,
    rows: number,
    length: number,
    period: number,
    gap: number,
  ): void;
  addColumnMoments(states: number, x: number, rows: number, columns: number, scratch: number): void;
  addWideMoments(
    states: number,
    x: number,
    rows: number,
    length: number,
    period: number,
    gap: number,
  ): void;
  addWideColumnMoments(states: number, x: number, rows: number, columns: number): void;
  mergeStates(states: number, parts: number, count: number, share: number, period: number): void;
  makeLines(
    lines: number,
    states: number,
    weight: number,
    bias: number,
    rows: number,
    share: number,
    first: number,
    period: number,
    eps: number,
    centred: boolean,
  ): void;
  normalizeRows(
    y: number,
    states: number,
    lines: number,
    x: number,
    weight: number,
    bias: number,
    rows: number,
    share: number,
    length: number,
    period: number,
    eps: number,
    centred: boolean,
  ): void;
  applyRows(
    y: number,
    x: number,
    lines: number,
    rows: number,
    length: number,
    period: number,
    gap: number,
  ): void;
  applyColumns(
    y: number,
    x: number,
    lines: number,
    rows: number,
    columns: number,
    scratch: number,
  ): void;
  applyElements(
    y: number,
    x: number,
    lines: number,
    weight: number,
    bias: number,
    rows: number,
    columns: number,
  ): void;
  addGradientSums(
    sums: number,
    products: number,
    g: number,
    x: number,
    lines: number,
    rows: number,
    length: number,
    period: number,
    gap: number,
  ): void;
  addColumnGradientSums(
    sums: number,
    products: number,
    g: number,
    x: number,
    lines: number,
    rows: number,
    columns: number,
    scratch: number,
  ): void;
  addElementGradientSums(
    rowSums: number,
    rowProducts: number,
    sums: number,
    products: number,
    g: number,
    x: number,
    weight: number,
    lines: number,
    rows: number,
    columns: number,
    scratch: number,
  ): void;
  makeCombinations(
    combinations: number,
    states: number,
    lines: number,
    sums: number,
    products: number,
    weight: number,
    groups: number,
    share: number,
    first: number,
    period: number,
    centred: boolean,
  ): void;
  differentiateRows(
    dx: number,
    sums: number,
    products: number,
    states: number,
    lines: number,
    combinations: number,
    g: number,
    x: number,
    weight: number,
    rows: number,
    share: number,
    length: number,
    period: number,
    eps: number,
  ): void;
  combineRows(
    dx: number,
    g: number,
    x: number,
    lines: number,
    combinations: number,
    weight: number,
    rows: number,
    length: number,
    period: number,
    gap: number,
  ): void;
  combineColumns(
    dx: number,
    g: number,
    x: number,
    lines: number,
    combinations: number,
    rows: number,
    columns: number,
    scratch: number,
  ): void;
}

const PAGE = 65536;
// One page less than 4 GiB, so that no pointer that walks to the end wraps to 0.
const MAX_PAGES = 65535;

/** The largest memory that kernels can be instantiated over, in bytes. */
export const MAX_MEMORY: number = MAX_PAGES * PAGE;

let compiled: WebAssembly.Module | undefined;

/**
 * Instantiates the kernels over a memory of their own that never grows, so that
 * no view of it is ever detached.
 */
export function instantiateKernels(byteLength: number): { kernels: Kernels; buffer: ArrayBuffer } {
  compiled ??= compile();
  const pages = Math.ceil(byteLength / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { instance } = instantiateSync(compiled, { env: { memory } });
  // The loader's own exports object costs 12 ns a call, these cost 3.
  return { kernels: instance.exports as unknown as Kernels, buffer: memory.buffer };
}
