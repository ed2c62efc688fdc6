// PNG as its specification lays it out, https://www.w3.org/TR/png-3/, read so far
// that the decoder is given nothing it could be overwhelmed with.

import { Unzlib } from 'fflate';
import { concatenate } from '../bytes.ts';

/** What a PNG says of itself, and what of it makes the picture. */
export interface Png {
  readonly width: number;
  readonly height: number;
  readonly hasProfile: boolean;
  /** Bits of a sample, or of an index. */
  readonly depth: number;
  /** How many bytes its data have to inflate to. */
  readonly inflated: number;
  /** The chunks that change its pixels. */
  readonly chunks: readonly Chunk[];
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Length, type, data and checksum. */
  readonly whole: Uint8Array;
}

interface ColourType {
  readonly channels: number;
  readonly depths: readonly number[];
}

const COLOUR_TYPES: Readonly<Record<number, ColourType>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};
const PALETTE = 3;

const KEPT = ['IHDR', 'iCCP', 'PLTE', 'tRNS', 'IDAT', 'IEND'];

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MAX_PALETTE = 256 * 3;
const ADAM7 = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];
const WHOLE = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];

// Deflate makes at most 1032 bytes of one, so a slice of these makes at most 17 MB.
const SLICE = 16_384;

/**
 * Reads the chunks of a PNG without inflating any.
 *
 * @throws Error where it is none that the decoder can decode.
 */
export function readPng(bytes: Uint8Array): Png {
  const chunks = chunksOf(bytes);
  const { width, height, channels, depth, colourType, interlace } = readHeader(chunks[0]);
  checkOnce(chunks, 'IHDR');
  checkOnce(chunks, 'PLTE');
  checkOnce(chunks, 'tRNS');
  const palette = chunks.find(({ type }) => type === 'PLTE');
  if (colourType === PALETTE && palette === undefined) throw new Error('no palette');
  if (palette !== undefined && palette.data.length > MAX_PALETTE) {
    throw new Error(`a palette of ${palette.data.length} bytes`);
  }
  const passes = interlace === 1 ? ADAM7 : WHOLE;
  let inflated = 0;
  for (const { x, y, stepX, stepY } of passes) {
    const columns = Math.max(Math.ceil((width - x) / stepX), 0);
    const rows = Math.max(Math.ceil((height - y) / stepY), 0);
    if (columns > 0) inflated += rows * (1 + Math.ceil((columns * channels * depth) / 8));
  }
  const hasProfile = chunks.some(({ type }) => type === 'iCCP');
  // A palette beside other colour types only suggests colours for poor displays.
  const isEssential = ({ type }: Chunk) =>
    type === 'PLTE' ? colourType === PALETTE : type !== 'iCCP';
  return { width, height, hasProfile, depth, inflated, chunks: chunks.filter(isEssential) };
}

/**
 * Makes the same PNG without what does not change its pixels, such as profiles and texts, which
 * could be bombs.
 *
 * @throws Error where its data don't inflate to just its size.
 */
export function essenceOf({ chunks, inflated }: Png): Uint8Array<ArrayBuffer> {
  checkInflated(chunks, inflated);
  return concatenate([Uint8Array.from(SIGNATURE), ...chunks.map(({ whole }) => whole)]);
}

/** Splits a PNG into its chunks up to the last: profiles, and those that make its pixels. */
function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw new Error('it ends before its last chunk');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) throw new Error(`it ends within its chunk ${JSON.stringify(type)}`);
    const chunk = { type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) };
    if (KEPT.includes(type)) chunks.push(chunk);
    // A capital letter says that the picture can't be made without the chunk.
    else if (/^[A-Z]/.test(type)) throw new Error(`the chunk ${type} is unknown`);
    if (type === 'IEND') return chunks;
    at = end;
  }
}

function readHeader(chunk: Chunk | undefined) {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) throw new Error('no header');
  const { data } = chunk;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const depth = view.getUint8(8);
  const colourType = view.getUint8(9);
  const interlace = view.getUint8(12);
  const { channels, depths } = COLOUR_TYPES[colourType] ?? { channels: 0, depths: [] };
  if (!depths.includes(depth)) throw new Error(`${depth} bits of colour type ${colourType}`);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  return { width, height, channels, depth, colourType, interlace };
}

function checkOnce(chunks: readonly Chunk[], type: string): void {
  const count = chunks.filter((chunk) => chunk.type === type).length;
  if (count > 1) throw new Error(`${count} chunks ${type}`);
}

/** Refuses data that inflate to another size, having inflated little more than that. */
function checkInflated(chunks: readonly Chunk[], expected: number): void {
  let size = 0;
  const inflator = new Unzlib((piece) => {
    size += piece.length;
    if (size > expected) throw new Error(`its data inflate to more than ${expected} bytes`);
  });
  for (const { type, data } of chunks) {
    if (type !== 'IDAT') continue;
    for (let at = 0; at < data.length; at += SLICE) inflator.push(data.subarray(at, at + SLICE));
  }
  inflator.push(new Uint8Array(0), true);
  if (size !== expected) throw new Error(`its data inflate to ${size} of ${expected} bytes`);
}
