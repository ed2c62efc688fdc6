// jsquash's codec of PNG, which is Rust, without jsquash's own way to it: that keeps one instance
// for good, and each damaged PNG leaves its size behind there, 13.7 MB of 3 megapixels.

import type { InitOutput } from '@jsquash/png/codec/pkg/squoosh_png.js';
import module from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm';
import type { AnyImage, Image, ImageLike } from 'wasm-norm';

type WideImage = AnyImage & { readonly data: Uint16Array<ArrayBuffer> };

let kept: Codec | null = null;

/**
 * Decodes a PNG to RGBA bytes.
 *
 * @param depth its bits of a sample: those of 16 are rounded, where the codec would cut them
 * @throws Error where it is damaged.
 */
export function decodePng(file: Uint8Array, depth: number): Image {
  if (depth < 16) return use((codec) => codec.decode(file));
  const { data, width, height } = decodeWidePng(file);
  return { data: Uint8ClampedArray.from(data, (value) => value / 257), width, height };
}

/**
 * Decodes a PNG of 16 bits a sample to RGBA of 16 bits.
 *
 * @throws Error where it is damaged.
 */
export function decodeWidePng(file: Uint8Array): WideImage {
  return use((codec) => codec.decodeWide(file));
}

/** Encodes RGBA bytes as a PNG of 8 bits a channel. */
export function encodePng(picture: ImageLike): Uint8Array<ArrayBuffer> {
  return use((codec) => codec.encode(picture));
}

/** Works with the kept instance, or after an exception with another. */
function use<Result>(work: (codec: Codec) => Result): Result {
  const codec = kept ?? new Codec();
  kept = null;
  const result = work(codec);
  kept = codec;
  return result;
}

/**
 * An instance.
 *
 * It hands objects to JavaScript by numbers that JavaScript gives out. All are 0 here, since what
 * it makes is one picture.
 */
class Codec {
  readonly #exports: InitOutput;
  #picture: Image | null = null;
  #samples: Uint16Array | null = null;

  constructor() {
    // Some names end in a hash that changes with the version of the compiler.
    const imports = WebAssembly.Module.imports(module).map(({ name }) => [
      name,
      this.#functions[name.replace(/_[0-9a-f]{16}$/, '')],
    ]);
    const instance = new WebAssembly.Instance(module, { wbg: Object.fromEntries(imports) });
    this.#exports = instance.exports as unknown as InitOutput;
  }

  decode(file: Uint8Array): Image {
    this.#exports.decode(this.#put(file), file.length);
    const picture = this.#picture as Image;
    this.#picture = null;
    return picture;
  }

  decodeWide(file: Uint8Array): WideImage {
    const exports = this.#exports;
    const picture = exports.decode_rgba16(this.#put(file), file.length);
    const width = exports.imagedatargba16_width(picture);
    const height = exports.imagedatargba16_height(picture);
    exports.imagedatargba16_data(picture);
    const data = (this.#samples as Uint16Array).slice();
    this.#samples = null;
    exports.__wbg_imagedatargba16_free(picture);
    return { data, width, height };
  }

  encode({ data, width, height }: ImageLike): Uint8Array<ArrayBuffer> {
    const exports = this.#exports;
    const result = exports.__wbindgen_add_to_stack_pointer(-16);
    exports.encode(result, this.#put(data), data.length, width, height, 8);
    const view = new DataView(exports.memory.buffer, result);
    const [start, length] = [view.getUint32(0, true), view.getUint32(4, true)];
    const file = new Uint8Array(exports.memory.buffer, start, length).slice();
    exports.__wbindgen_free(start, length, 1);
    exports.__wbindgen_add_to_stack_pointer(16);
    return file;
  }

  /** Copies bytes to where the codec takes and frees them. */
  #put(data: ImageLike['data']): number {
    const at = this.#exports.__wbindgen_malloc(data.length, 1);
    new Uint8Array(this.#exports.memory.buffer).set(data, at);
    return at;
  }

  get #functions(): Readonly<Record<string, (...numbers: number[]) => number | undefined>> {
    const memory = () => this.#exports.memory.buffer;
    return {
      __wbindgen_memory: () => 0,
      __wbg_buffer: () => 0,
      __wbg_newwithbyteoffsetandlength: (_, start, length) => {
        this.#samples = new Uint16Array(memory(), start, length);
        return 0;
      },
      __wbindgen_object_drop_ref: () => undefined,
      __wbg_newwithownedu8clampedarrayandsh: (start = 0, length = 0, width = 0, height = 0) => {
        const data = new Uint8ClampedArray(memory(), start, length).slice();
        this.#exports.__wbindgen_free(start, length, 1);
        this.#picture = { data, width, height };
        return 0;
      },
      __wbindgen_throw: (start, length) => {
        throw new Error(new TextDecoder().decode(new Uint8Array(memory(), start, length)));
      },
    };
  }
}
