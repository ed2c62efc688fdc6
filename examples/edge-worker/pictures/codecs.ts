// The codecs of jsquash that are C.

import mozjpegDecoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import mozjpegDecoderModule from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import mozjpegEncoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js';
import mozjpegEncoderModule from '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm';
import { initEmscriptenModule } from '@jsquash/jpeg/utils.js';
import libwebpDecoder from '@jsquash/webp/codec/dec/webp_dec.js';
import libwebpDecoderModule from '@jsquash/webp/codec/dec/webp_dec.wasm';
import libwebpEncoder from '@jsquash/webp/codec/enc/webp_enc_simd.js';
import libwebpEncoderModule from '@jsquash/webp/codec/enc/webp_enc_simd.wasm';

/**
 * Works with a codec.
 *
 * @param work is given the codec, and the lines that it says while it works
 * @throws what `work` throws
 */
type UseCodec<T> = <Result>(work: (codec: T, said: readonly string[]) => Result) => Promise<Result>;

export const useJpegDecoder = codecOf(mozjpegDecoder, mozjpegDecoderModule);
export const useJpegEncoder = codecOf(mozjpegEncoder, mozjpegEncoderModule);
export const useWebpDecoder = codecOf(libwebpDecoder, libwebpDecoderModule);
export const useWebpEncoder = codecOf(libwebpEncoder, libwebpEncoderModule);

/**
 * Keeps an instance of a codec from one picture to the next.
 *
 * One for each picture would be garbage that nothing urges the engine to collect: after six
 * pictures of 3 megapixels workerd held up to 330 MB. After an exception another takes its place,
 * since what it was at work on stays in its memory.
 */
function codecOf<T extends EmscriptenWasm.Module>(
  factory: EmscriptenWasm.ModuleFactory<T>,
  module: WebAssembly.Module,
): UseCodec<T> {
  let kept: { readonly codec: T; readonly said: string[] } | null = null;
  return async (work) => {
    const { codec, said } = kept ?? (await make(factory, module));
    said.length = 0;
    kept = null;
    const result = work(codec, said);
    kept = { codec, said };
    return result;
  };
}

async function make<T extends EmscriptenWasm.Module>(
  factory: EmscriptenWasm.ModuleFactory<T>,
  module: WebAssembly.Module,
): Promise<{ readonly codec: T; readonly said: string[] }> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  // Without `locateFile` the address of the .wasm file is made from that of the script, which a
  // worker does not have.
  const options = { print: say, printErr: say, locateFile: (path: string) => path };
  return { codec: await initEmscriptenModule(factory, module, options), said };
}
