import {
  type Image,
  ImageMoments,
  imageMoments,
  restyle as restylePicture,
  type Space,
} from 'wasm-norm';
import { checkMediaType, readBody } from './body.ts';
import { readFile, readForm, readText } from './form.ts';
import { HttpRefusal, refusing } from './http-refusal.ts';
import { convert, type ImageService } from './image-service.ts';
import { MAX_FORM_BYTES, MAX_PIXELS } from './limits.ts';
import { readNumber } from './options.ts';
import { MEDIA_TYPES, readFormat } from './output-format.ts';
import { decode } from './pictures/decode.ts';
import { encode } from './pictures/encode.ts';
import { type Format, formatOf, type Header, readHeader } from './pictures/header.ts';
import { kindOf } from './pictures/kinds.ts';
import { Unsupported } from './pictures/unsupported.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const FORM = 'multipart/form-data';
const FIELDS = ['content', 'style', 'strength', 'space', 'format'];

/** What the platform binds to the service. */
export interface Bindings {
  readonly IMAGES?: ImageService;
}

/** A picture that can be decoded, as far as its header tells. */
interface Picture {
  readonly file: Bytes;
  readonly format: Format;
}

/** Answers POST /restyle: a form with content, style, strength and space in, a picture out. */
export async function restyle(request: Request, { IMAGES }: Bindings): Promise<Response> {
  checkMediaType(request, FORM);
  const type = request.headers.get('content-type') ?? FORM;
  const form = await readForm(await readBody(request, MAX_FORM_BYTES), type, FIELDS);
  const format = readFormat(readText(form, 'format'), request.headers.get('accept'));
  const strengthText = readText(form, 'strength');
  const strength = strengthText === undefined ? undefined : readNumber(strengthText, 'strength');
  const space = readText(form, 'space') as Space | undefined;
  const contentFile = await readFile(form, 'content');
  const styleFile = await readStyle(form);
  // Both are looked at before one is decoded, and no more than one is held decoded.
  const content = await open(contentFile, 'content', IMAGES);
  const style =
    styleFile instanceof ImageMoments ? styleFile : await open(styleFile, 'style', IMAGES);
  const moments = style instanceof ImageMoments ? style : await momentsOf(style, space);
  const picture = await decodePicture(content, 'content');
  refusing(() => restylePicture(picture, moments, { strength, space, out: picture }));
  const headers = { 'content-type': MEDIA_TYPES[format], vary: 'accept' };
  return new Response(await encode(picture, format), { headers });
}

/** Reads the style: a picture, or moments as JSON, which are text or a file. */
async function readStyle(form: FormData): Promise<Bytes | ImageMoments> {
  if (typeof form.get('style') === 'string') return readMoments(readText(form, 'style') as string);
  const file = await readFile(form, 'style');
  const start = String.fromCharCode(...file.subarray(0, 64));
  return /^\s*\{/.test(start) ? readMoments(new TextDecoder().decode(file)) : file;
}

function readMoments(text: string): ImageMoments {
  try {
    return ImageMoments.fromJSON(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'no JSON' : (error as Error).message;
    const message = `style: expected a picture, or moments as JSON: ${reason}`;
    throw new HttpRefusal(400, message, { field: 'style' });
  }
}

/**
 * Opens a picture; where there is an image service, also one that only it can read.
 *
 * @throws HttpRefusal where the picture is too large, damaged, or none.
 */
async function open(file: Bytes, field: string, images?: ImageService): Promise<Picture> {
  const format = formatOf(file);
  if (format === null) {
    const { name, isServed } = kindOf(file);
    if (images !== undefined && isServed) return open(await convert(images, file, field), field);
    const message = `${field}: expected a PNG, a JPEG or a WebP, got ${name}`;
    throw new HttpRefusal(415, message, { field });
  }
  try {
    const header = readHeader(file, format);
    if (header.width * header.height <= MAX_PIXELS) return { file, format };
    if (images === undefined) refuseSize(header, field);
    return open(await convert(images, file, field, header), field);
  } catch (error) {
    if (!(error instanceof Unsupported && images !== undefined))
      return refusePicture(error, format, field);
    return open(await convert(images, file, field), field);
  }
}

/** Decodes a style and finds its moments, so that no more than they stay of it. */
async function momentsOf(style: Picture, space: Space | undefined): Promise<ImageMoments> {
  const picture = await decodePicture(style, 'style');
  return refusing(() => imageMoments(picture, { space }));
}

async function decodePicture({ file, format }: Picture, field: string): Promise<Image> {
  try {
    return await decode(file, format);
  } catch (error) {
    refusePicture(error, format, field);
  }
}

function refuseSize({ width, height }: Header, field: string): never {
  const got = `expected at most ${MAX_PIXELS} pixels, got ${width} x ${height}`;
  const reason = 'a worker has 128 MB, of which the codecs hold 98 after pictures of this size';
  const hint = 'an image service, bound as IMAGES, would make it smaller';
  throw new HttpRefusal(413, `${field}: ${got}; ${reason}; ${hint}`, { field });
}

function refusePicture(error: unknown, format: Format, field: string): never {
  if (error instanceof HttpRefusal) throw error;
  const [reason] = String((error as Error).message).split('\n');
  const status = error instanceof Unsupported ? 415 : 400;
  throw new HttpRefusal(status, `${field}: a ${format} that can't be decoded: ${reason}`, {
    field,
  });
}
