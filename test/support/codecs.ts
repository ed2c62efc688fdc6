/// <reference types="@jsquash/jpeg/emscripten-types.d.ts" />

// Pictures as files, by the codecs of jsquash in Node.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js';
import encodeMozjpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js';
import decodePng, { init as initPng } from '@jsquash/png/decode.js';
import encodeRustPng from '@jsquash/png/encode.js';
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js';
import encodeLibwebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js';
import type { Image, ImageLike } from '../../src/index.ts';

type Bytes = Uint8Array<ArrayBuffer>;

// An initializer takes a module, which its types leave out.
type Initialize = (module: WebAssembly.Module) => Promise<unknown>;

const { resolve } = createRequire(import.meta.url);
const codecs: readonly (readonly [unknown, string])[] = [
  [initJpegDecoder, 'jpeg/codec/dec/mozjpeg_dec'],
  [initJpegEncoder, 'jpeg/codec/enc/mozjpeg_enc'],
  [initPng, 'png/codec/pkg/squoosh_png_bg'],
  [initWebpDecoder, 'webp/codec/dec/webp_dec'],
  [initWebpEncoder, 'webp/codec/enc/webp_enc_simd'],
];
for (const [initialize, name] of codecs) {
  const file = readFileSync(resolve(`@jsquash/${name}.wasm`));
  await (initialize as Initialize)(new WebAssembly.Module(file));
}

/** Decodes a PNG, a JPEG (upright, as EXIF says) or a WebP. */
export async function decode(file: Uint8Array): Promise<Image> {
  const { buffer } = new Uint8Array(file);
  const { data, width, height } = await decoderOf(file)(buffer);
  return { data: new Uint8ClampedArray(data), width, height };
}

function decoderOf(file: Uint8Array): (file: ArrayBuffer) => Promise<ImageData> {
  if (file[0] === 0x89) return decodePng;
  if (file[0] === 0x52) return decodeWebp;
  return (jpeg) => decodeJpeg(jpeg, { preserveOrientation: true });
}

export async function encodePng(picture: ImageLike): Promise<Bytes> {
  return new Uint8Array(await encodeRustPng(imageDataOf(picture)));
}

/** @param colours what is stored: brightness and two differences, or red, green and blue */
export async function encodeJpeg(
  picture: ImageLike,
  quality: number,
  colours: 'YCbCr' | 'RGB' = 'YCbCr',
): Promise<Bytes> {
  const options = { quality, color_space: colours === 'RGB' ? 2 : 3 };
  return new Uint8Array(await encodeMozjpeg(imageDataOf(picture), options));
}

export async function encodeWebp(picture: ImageLike, quality: number): Promise<Bytes> {
  return new Uint8Array(await encodeLibwebp(imageDataOf(picture), { quality }));
}

function imageDataOf({ data, width, height }: ImageLike): ImageData {
  return { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' } as ImageData;
}
